BEGIN TRANSACTION;
CREATE TABLE accounts (
	account VARCHAR(300) NOT NULL, 
	proven_fingerprint VARCHAR(8), 
	refused_fingerprint VARCHAR(8), 
	refused_because TEXT, 
	nodes INTEGER, 
	nodes_read_at DATETIME, crowded_slots INTEGER, crowded_until DATETIME, crowded_times INTEGER, settling_seconds FLOAT, 
	CONSTRAINT pk_accounts PRIMARY KEY (account)
);
INSERT INTO "accounts" VALUES('1@ACCOUNT-HOST',NULL,NULL,NULL,2,'2026-11-25 12:50:05.992756',NULL,NULL,NULL,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	job_id VARCHAR(32) NOT NULL, 
	run INTEGER NOT NULL, 
	step VARCHAR(40) NOT NULL, 
	started_at DATETIME NOT NULL, 
	seconds FLOAT NOT NULL, 
	requests INTEGER NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	note TEXT, asked JSON, 
	CONSTRAINT pk_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_attempts_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "attempts" VALUES(1,'58430b9de0be9886',1,'upload','2026-11-25 12:50:05.858825',0.014526,0,'wait','waits for the upload into project 796055917','{}');
INSERT INTO "attempts" VALUES(2,'58430b9de0be9886',1,'upload','2026-11-25 12:50:05.974963',0.034705,0,'advance','1 files in one request','{}');
INSERT INTO "attempts" VALUES(3,'58430b9de0be9886',1,'compile','2026-11-25 12:50:06.011430',0.022265,0,'advance','compile 37ba556b3b749f20270169cfb427e0dc-5459df79a0701ce43ea7b65f3ea604c3','{}');
INSERT INTO "attempts" VALUES(4,'58430b9de0be9886',1,'poll_compile','2026-11-25 12:50:06.035726',0.024681,0,'wait','waits for the compile','{}');
INSERT INTO "attempts" VALUES(5,'58430b9de0be9886',1,'poll_compile','2026-11-25 12:50:06.164514',0.023952,0,'advance','built in 0.1 s','{}');
INSERT INTO "attempts" VALUES(6,'58430b9de0be9886',1,'create','2026-11-25 12:50:06.196662',0.048349,0,'advance','backtest fc9bf6686096c289ff635cfa17f79b3e','{}');
INSERT INTO "attempts" VALUES(7,'58430b9de0be9886',1,'poll_results','2026-11-25 12:50:06.248632',0.011986,0,'board','waits for the backtest','{}');
INSERT INTO "attempts" VALUES(8,'58430b9de0be9886',1,'poll_results','2026-11-25 12:50:06.368756',0.052183,0,'complete','completed','{}');
INSERT INTO "attempts" VALUES(9,'c03d0a528e8584b6',1,'upload','2026-11-25 12:50:06.460374',0.040053,0,'wait','waits for the upload into project 637190665','{}');
INSERT INTO "attempts" VALUES(10,'c03d0a528e8584b6',1,'upload','2026-11-25 12:50:06.608866',0.021139,0,'advance','1 files in one request','{}');
INSERT INTO "attempts" VALUES(11,'c03d0a528e8584b6',1,'compile','2026-11-25 12:50:06.636641',0.033417,0,'advance','compile 79553411c91a560debf3cc6f3957d57b-00d3b230cd0918d3386d56391e4dbcac','{}');
INSERT INTO "attempts" VALUES(12,'c03d0a528e8584b6',1,'poll_compile','2026-11-25 12:50:06.672611',0.01852,0,'wait','waits for the compile','{}');
INSERT INTO "attempts" VALUES(13,'c03d0a528e8584b6',1,'poll_compile','2026-11-25 12:50:06.792337',0.00888,0,'fail','build_error: Build Error: File: main.py Line:1 Column:26 - expected '':''','{}');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	account VARCHAR(300) NOT NULL, 
	action VARCHAR(20) NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	job_id VARCHAR(32) NOT NULL, 
	project_id BIGINT, 
	deploy_id VARCHAR(100), 
	who VARCHAR(100) NOT NULL, 
	host VARCHAR(255) NOT NULL, 
	what TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id), 
	CONSTRAINT fk_audit_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
);
CREATE TABLE bundles (
	hash VARCHAR(64) NOT NULL, 
	content BLOB NOT NULL, 
	files INTEGER NOT NULL, 
	characters INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_bundles PRIMARY KEY (hash)
);
INSERT INTO "bundles" VALUES('3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E5670CECF2DC8492D494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00191E2158',1,86,'2026-11-25 12:50:05.844441');
INSERT INTO "bundles" VALUES('8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704BCCCC494DD1087476CC49CF2FCA2CC9C8D58CC953008202A06C4C9E522D00CC821169',1,35,'2026-11-25 12:50:06.430605');
INSERT INTO "bundles" VALUES('c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704A4D2FCDD3087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00750A1FAC',1,82,'2026-11-25 12:50:06.806299');
INSERT INTO "bundles" VALUES('0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56084FCC2CC9CC4BD7087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CC3CA074624E6655AA46716A4E1A4C0A04407CBDE2D492F8E4C4E20C0D430310D08CC953AA0500CA15208E',1,84,'2026-11-25 12:50:06.817362');
INSERT INTO "bundles" VALUES('e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704ECC4B4ECDC9494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B000E302136',1,86,'2026-11-25 12:50:06.823374');
CREATE TABLE compiles (
	account VARCHAR(300) NOT NULL, 
	project_id BIGINT NOT NULL, 
	bundle VARCHAR(64) NOT NULL, 
	compile_id VARCHAR(100) NOT NULL, 
	state VARCHAR(30) NOT NULL, 
	logs TEXT, 
	lean_version VARCHAR(60), 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_compiles PRIMARY KEY (account, project_id, bundle)
);
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',796055917,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','37ba556b3b749f20270169cfb427e0dc-5459df79a0701ce43ea7b65f3ea604c3','BuildSuccess','Build Request Successful for Project ID: 796055917, with CompileID: 37ba556b3b749f20270169cfb427e0dc-5459df79a0701ce43ea7b65f3ea604c3, Lean Version: 2.5.0.0.17000','2.5.0.0.17000','2026-11-25 12:50:06.027017','2026-11-25 12:50:06.178713');
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',637190665,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','79553411c91a560debf3cc6f3957d57b-00d3b230cd0918d3386d56391e4dbcac','BuildError','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,'2026-11-25 12:50:06.654373','2026-11-25 12:50:06.797672');
CREATE TABLE deliveries (
	event_id VARCHAR(32) NOT NULL, 
	handler VARCHAR(200) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME, 
	delivered_at DATETIME, 
	error TEXT, 
	CONSTRAINT pk_deliveries PRIMARY KEY (event_id, handler), 
	CONSTRAINT fk_deliveries_event_id FOREIGN KEY(event_id) REFERENCES events (id)
);
CREATE TABLE deployments (
	account VARCHAR(300) NOT NULL, 
	deploy_id VARCHAR(100) NOT NULL, 
	project_id BIGINT NOT NULL, 
	status VARCHAR(40), 
	brokerage VARCHAR(100), 
	environment VARCHAR(40), 
	launched_at DATETIME, 
	stopped_at DATETIME, 
	error TEXT, 
	equity FLOAT, 
	highest_equity FLOAT, 
	alarms JSON NOT NULL, 
	first_seen_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	holdings_due_at DATETIME, 
	holdings_digest VARCHAR(64), 
	status_kept_at DATETIME, 
	holdings_kept_at DATETIME, 
	CONSTRAINT pk_deployments PRIMARY KEY (account, deploy_id)
);
CREATE TABLE events (
	id VARCHAR(32) NOT NULL, 
	type VARCHAR(60) NOT NULL, 
	job_id VARCHAR(32), 
	run INTEGER, 
	data JSON NOT NULL, 
	at DATETIME NOT NULL, 
	announced_at DATETIME, 
	CONSTRAINT pk_events PRIMARY KEY (id), 
	CONSTRAINT fk_events_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "events" VALUES('d356a91a57814a84885f66daf9fcdb9d','BacktestQueued','58430b9de0be9886',0,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed"}','2026-11-25 12:50:05.848834','2026-11-25 12:50:06.830346');
INSERT INTO "events" VALUES('1a8064b488dd4130b939a0a9758223a6','BacktestStarted','58430b9de0be9886',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 796055917, "backtest_id": "fc9bf6686096c289ff635cfa17f79b3e"}','2026-11-25 12:50:06.233984','2026-11-25 12:50:06.831015');
INSERT INTO "events" VALUES('afebb08bfda04061af5fa261feb94df4','BacktestCompleted','58430b9de0be9886',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 796055917, "compile_id": "37ba556b3b749f20270169cfb427e0dc-5459df79a0701ce43ea7b65f3ea604c3", "backtest_id": "fc9bf6686096c289ff635cfa17f79b3e", "numbers": {"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}, "statistics": {"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}, "synthetic": true}','2026-11-25 12:50:06.416825','2026-11-25 12:50:06.831274');
INSERT INTO "events" VALUES('4a99dbc7531f4a939db2088eab1ed3d6','BacktestQueued','c03d0a528e8584b6',0,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed"}','2026-11-25 12:50:06.431548','2026-11-25 12:50:06.831484');
INSERT INTO "events" VALUES('ec88cf03ae4841dfbca2d5ad10791e33','BacktestFailed','c03d0a528e8584b6',1,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed", "project_id": 637190665, "compile_id": null, "backtest_id": null, "error_kind": "build_error", "error": "Build Error: File: main.py Line:1 Column:26 - expected '':''"}','2026-11-25 12:50:06.800099','2026-11-25 12:50:06.831698');
INSERT INTO "events" VALUES('48c1faeda44945fa97f4a009722dc9cb','BacktestQueued','817515f54242b343',0,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun"}','2026-11-25 12:50:06.807127','2026-11-25 12:50:06.831889');
INSERT INTO "events" VALUES('653254e852d640d48f2935bad5eabc9e','BacktestRecovered','817515f54242b343',1,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun", "step": "upload"}','2026-11-25 12:50:06.812868','2026-11-25 12:50:06.832072');
INSERT INTO "events" VALUES('f6ffdab8881f4343a68a39cfbc220466','BacktestQueued','f1c9f12c9dcb5036',0,'{"name": "waiting period=14", "parameters": {"period": 14}, "source": "/strategies/waiting"}','2026-11-25 12:50:06.818113','2026-11-25 12:50:06.832390');
INSERT INTO "events" VALUES('7a7095852e1e45199fcab102ff335e2f','BacktestQueued','57aee6403304aa42',0,'{"name": "cancelled period=14", "parameters": {"period": 14}, "source": "/strategies/cancelled"}','2026-11-25 12:50:06.824083','2026-11-25 12:50:06.832600');
CREATE TABLE holdings_snapshots (
	id INTEGER NOT NULL, 
	account VARCHAR(300) NOT NULL, 
	deploy_id VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	holdings JSON NOT NULL, 
	cash JSON NOT NULL, 
	CONSTRAINT pk_holdings_snapshots PRIMARY KEY (id)
);
CREATE TABLE jobs (
	id VARCHAR(32) NOT NULL, 
	account VARCHAR(300) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	source TEXT NOT NULL, 
	bundle VARCHAR(64), 
	project_key VARCHAR(300) NOT NULL, 
	project_id BIGINT, 
	language VARCHAR(10) NOT NULL, 
	parameters JSON NOT NULL, 
	priority INTEGER NOT NULL, 
	"replace" BOOLEAN NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	run INTEGER NOT NULL, 
	step VARCHAR(40), 
	has_slot BOOLEAN NOT NULL, 
	cancel_requested BOOLEAN NOT NULL, 
	waiting_for TEXT, 
	not_before DATETIME, 
	lease_until DATETIME, 
	recoveries INTEGER NOT NULL, 
	failing_since DATETIME, 
	failures INTEGER NOT NULL, 
	create_intent_at DATETIME, 
	compile_id VARCHAR(100), 
	compile_retries INTEGER NOT NULL, 
	backtest_id VARCHAR(100), 
	backtest_created_at DATETIME, 
	remote_status VARCHAR(100), 
	progress FLOAT, 
	looked_at DATETIME, 
	completed_seen_at DATETIME, 
	requests INTEGER NOT NULL, 
	error_kind VARCHAR(40), 
	error TEXT, 
	error_detail TEXT, 
	git_commit VARCHAR(64), 
	git_dirty BOOLEAN, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, kind VARCHAR(20) DEFAULT 'backtest' NOT NULL, details JSON DEFAULT '{}' NOT NULL, deploy_id VARCHAR(100), sweep_id VARCHAR(32) REFERENCES sweeps (id), position INTEGER DEFAULT '0' NOT NULL, labels JSON, paused BOOLEAN DEFAULT 0 NOT NULL, look_at DATETIME, reused_from VARCHAR(32), retried_by VARCHAR(32), seen_running_at DATETIME, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_jobs_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "jobs" VALUES('58430b9de0be9886','1@ACCOUNT-HOST','completed period=14','/strategies/completed','3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','name:completed',796055917,'Py','{"period": 14}',0,0,'completed',1,'poll_results',0,0,NULL,NULL,NULL,0,NULL,0,'2026-11-25 12:50:06.205078','37ba556b3b749f20270169cfb427e0dc-5459df79a0701ce43ea7b65f3ea604c3',0,'fc9bf6686096c289ff635cfa17f79b3e','2026-11-25 12:50:06.232581','Completed.',1.0,'2026-11-25 12:50:06.381366','2026-11-25 12:50:06.381366',0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 12:50:05.844289','2026-11-25 12:50:05.857476','2026-11-25 12:50:06.408589','backtest','{}',NULL,NULL,0,NULL,0,'2026-11-25 12:50:07.253780',NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('c03d0a528e8584b6','1@ACCOUNT-HOST','failed period=14','/strategies/failed','8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','name:failed',637190665,'Py','{"period": 14}',0,0,'failed',1,'poll_compile',0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,'build_error','Build Error: File: main.py Line:1 Column:26 - expected '':''','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,NULL,'2026-11-25 12:50:06.430412','2026-11-25 12:50:06.447914','2026-11-25 12:50:06.798867','backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('817515f54242b343','1@ACCOUNT-HOST','begun period=14','/strategies/begun','c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24','name:begun',NULL,'Py','{"period": 14}',0,0,'running',1,'upload',1,0,NULL,NULL,'2026-11-25 12:50:06.812623',0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 12:50:06.806206','2026-11-25 12:50:06.811030',NULL,'backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('f1c9f12c9dcb5036','1@ACCOUNT-HOST','waiting period=14','/strategies/waiting','0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988','name:waiting',NULL,'Py','{"period": 14}',0,0,'queued',0,NULL,0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 12:50:06.817294',NULL,NULL,'backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('57aee6403304aa42','1@ACCOUNT-HOST','cancelled period=14','/strategies/cancelled','e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645','name:cancelled',NULL,'Py','{"period": 14}',0,0,'cancelled',0,NULL,0,1,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 12:50:06.823316',NULL,'2026-11-25 12:50:06.827949','backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL);
CREATE TABLE leases (
	name VARCHAR(400) NOT NULL, 
	holder VARCHAR(100) NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
CREATE TABLE live_snapshots (
	id INTEGER NOT NULL, 
	account VARCHAR(300) NOT NULL, 
	deploy_id VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	status VARCHAR(40), 
	equity FLOAT, 
	CONSTRAINT pk_live_snapshots PRIMARY KEY (id)
);
CREATE TABLE projects (
	account VARCHAR(300) NOT NULL, 
	"key" VARCHAR(300) NOT NULL, 
	project_id BIGINT, 
	created_by_us BOOLEAN NOT NULL, 
	create_intent_at DATETIME, 
	CONSTRAINT pk_projects PRIMARY KEY (account, "key")
);
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:completed',796055917,1,'2026-11-25 12:50:05.862472');
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:failed',637190665,1,'2026-11-25 12:50:06.476423');
CREATE TABLE pushes (
	account VARCHAR(300) NOT NULL, 
	project_id BIGINT NOT NULL, 
	bundle VARCHAR(64) NOT NULL, 
	pushed_at DATETIME NOT NULL, 
	CONSTRAINT pk_pushes PRIMARY KEY (account, project_id, bundle), 
	CONSTRAINT fk_pushes_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',796055917,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','2026-11-25 12:50:06.002513');
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',637190665,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','2026-11-25 12:50:06.619238');
CREATE TABLE results (
	job_id VARCHAR(32) NOT NULL, 
	statistics JSON NOT NULL, 
	runtime_statistics JSON NOT NULL, 
	numbers JSON NOT NULL, 
	total_performance JSON, 
	complete BOOLEAN NOT NULL, 
	lean_version VARCHAR(60), 
	synthetic BOOLEAN NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_results PRIMARY KEY (job_id), 
	CONSTRAINT fk_results_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "results" VALUES('58430b9de0be9886','{"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}','{"Equity": "$142,746.93", "Fees": "-$63.59", "Holdings": "$0.00", "Net Profit": "$42,746.93", "Probabilistic Sharpe Ratio": "84.987%", "Return": "42.75 %", "Unrealized": "$0.00", "Volume": "$1,836,501.44"}','{"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}','{"portfolioStatistics": {"startEquity": 100000.0, "endEquity": 142746.93, "totalNetProfit": 0.427469, "compoundingAnnualReturn": 0.432038, "drawdown": 0.125075, "sharpeRatio": 2.427841, "sortinoRatio": 3.904116, "probabilisticSharpeRatio": 0.849871, "winRate": 0.545455, "lossRate": 0.454545, "averageWinRate": 0.08727, "averageLossRate": -0.027675, "profitLossRatio": 3.153404, "expectancy": 1.265493, "alpha": 0.020451, "beta": 0.603403, "annualStandardDeviation": 0.178985, "annualVariance": 0.032036, "informationRatio": -1.911817, "trackingError": 0.131666, "treynorRatio": 0.720161, "portfolioTurnover": 0.062699, "valueAtRisk99": -0.024797, "valueAtRisk95": -0.017113}, "tradeStatistics": {"startDateTime": "2023-01-03T21:00:00Z", "endDateTime": "2023-12-27T21:00:00Z", "totalNumberOfTrades": 11, "numberOfWinningTrades": 6, "numberOfLosingTrades": 5, "totalProfitLoss": 42810.52, "totalProfit": 58040.05, "totalLoss": -15229.53, "largestProfit": 16681.56, "largestLoss": -7349.24, "averageProfitLoss": 3891.87, "averageProfit": 9673.34, "averageLoss": -3045.91, "averageTradeDuration": "P27DT15H16M22S", "averageWinningTradeDuration": "P33DT20H", "averageLosingTradeDuration": "P20DT4H48M", "medianTradeDuration": "P34D", "medianWinningTradeDuration": "P35DT12H", "medianLosingTradeDuration": "P13D", "maxConsecutiveWinningTrades": 2, "maxConsecutiveLosingTrades": 2, "profitLossRatio": 3.1759, "winLossRatio": 1.2, "winRate": 0.5455, "lossRate": 0.4545, "averageMAE": -2082.59, "averageMFE": 7178.44, "largestMAE": -7349.24, "largestMFE": 19245.24, "maximumClosedTradeDrawdown": -7349.24, "maximumIntraTradeDrawdown": -7349.24, "maximumEndTradeDrawdown": -8887.65, "averageEndTradeDrawdown": -3286.58, "maximumDrawdownDuration": "P56D", "profitLossStandardDeviation": 7689.4344, "profitLossDownsideDeviation": 2834.1134, "profitFactor": 3.811, "profitToMaxDrawdownRatio": 5.8252, "sharpeRatio": 0.5061, "sortinoRatio": 1.3732, "totalFees": 63.59}, "closedTrades": [{"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 604.0, "entryTime": "2023-01-03T21:00:00Z", "entryPrice": 122.21, "exitTime": "2023-01-11T21:00:00Z", "exitPrice": 121.53, "profitLoss": -410.72, "totalFees": 6.04, "mae": -1836.16, "mfe": 0.0, "duration": "P8D", "endTradeDrawdown": -410.72, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 612.0, "entryTime": "2023-01-16T21:00:00Z", "entryPrice": 120.0, "exitTime": "2023-02-27T21:00:00Z", "exitPrice": 117.72, "profitLoss": -1395.36, "totalFees": 6.12, "mae": -1395.36, "mfe": 5306.04, "duration": "P42D", "endTradeDrawdown": -6701.4, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 621.0, "entryTime": "2023-03-07T21:00:00Z", "entryPrice": 116.59, "exitTime": "2023-04-13T21:00:00Z", "exitPrice": 132.99, "profitLoss": 10184.4, "totalFees": 6.21, "mae": -999.81, "mfe": 15152.4, "duration": "P37D", "endTradeDrawdown": -4968.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 626.0, "entryTime": "2023-04-21T21:00:00Z", "entryPrice": 127.71, "exitTime": "2023-05-04T21:00:00Z", "exitPrice": 115.97, "profitLoss": -7349.24, "totalFees": 6.26, "mae": -7349.24, "mfe": 788.76, "duration": "P13D", "endTradeDrawdown": -8138.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 607.0, "entryTime": "2023-05-09T21:00:00Z", "entryPrice": 122.73, "exitTime": "2023-05-29T21:00:00Z", "exitPrice": 125.42, "profitLoss": 1632.83, "totalFees": 6.07, "mae": -1845.28, "mfe": 2312.67, "duration": "P20D", "endTradeDrawdown": -679.84, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 554.0, "entryTime": "2023-06-02T21:00:00Z", "entryPrice": 136.68, "exitTime": "2023-07-06T21:00:00Z", "exitPrice": 152.43, "profitLoss": 8725.5, "totalFees": 5.54, "mae": -770.06, "mfe": 8852.92, "duration": "P34D", "endTradeDrawdown": -127.42, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 579.0, "entryTime": "2023-07-12T21:00:00Z", "entryPrice": 141.89, "exitTime": "2023-08-15T21:00:00Z", "exitPrice": 134.22, "profitLoss": -4440.93, "totalFees": 5.79, "mae": -4440.93, "mfe": 4446.72, "duration": "P34D", "endTradeDrawdown": -8887.65, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 588.0, "entryTime": "2023-08-22T21:00:00Z", "entryPrice": 134.14, "exitTime": "2023-10-02T21:00:00Z", "exitPrice": 162.51, "profitLoss": 16681.56, "totalFees": 5.88, "mae": 0.0, "mfe": 19245.24, "duration": "P41D", "endTradeDrawdown": -2563.68, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 535.0, "entryTime": "2023-10-04T21:00:00Z", "entryPrice": 170.26, "exitTime": "2023-11-01T21:00:00Z", "exitPrice": 187.88, "profitLoss": 9426.7, "totalFees": 5.35, "mae": -278.2, "mfe": 9426.7, "duration": "P28D", "endTradeDrawdown": 0.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 512.0, "entryTime": "2023-11-06T21:00:00Z", "entryPrice": 191.6, "exitTime": "2023-11-10T21:00:00Z", "exitPrice": 188.41, "profitLoss": -1633.28, "totalFees": 5.12, "mae": -1633.28, "mfe": 1479.68, "duration": "P4D", "endTradeDrawdown": -3112.96, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 521.0, "entryTime": "2023-11-14T21:00:00Z", "entryPrice": 185.81, "exitTime": "2023-12-27T21:00:00Z", "exitPrice": 207.67, "profitLoss": 11389.06, "totalFees": 5.21, "mae": -2360.13, "mfe": 11951.74, "duration": "P43D", "endTradeDrawdown": -562.68, "isWin": null, "orderIds": [], "orders": []}]}',1,'2.5.0.0.17000',1,'2026-11-25 12:50:06.408529');
CREATE TABLE schedules (
	account VARCHAR(300) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	timetable TEXT NOT NULL, 
	handled_until DATETIME NOT NULL, 
	last_occurrence DATETIME, 
	last_job_id VARCHAR(32), 
	last_error TEXT, 
	paused BOOLEAN NOT NULL, 
	changed_by VARCHAR(200), 
	changed_at DATETIME, 
	CONSTRAINT pk_schedules PRIMARY KEY (account, name)
);
CREATE TABLE sweeps (
	id VARCHAR(32) NOT NULL, 
	account VARCHAR(300) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	source TEXT NOT NULL, 
	note TEXT, 
	"plan" JSON NOT NULL, 
	points INTEGER NOT NULL, 
	most_nodes INTEGER, 
	paused BOOLEAN NOT NULL, 
	rerun_of VARCHAR(32), 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_sweeps PRIMARY KEY (id)
);
CREATE INDEX ix_jobs_backtest ON jobs (account, backtest_id);
CREATE INDEX ix_jobs_bundle ON jobs (bundle, ended_at);
CREATE INDEX ix_jobs_lease ON jobs (state, lease_until);
CREATE INDEX ix_attempts_job_id ON attempts (job_id);
CREATE INDEX ix_events_announced_at ON events (announced_at);
CREATE INDEX ix_events_job_id ON events (job_id);
CREATE INDEX ix_deliveries_due_at ON deliveries (due_at);
CREATE INDEX ix_deployments_due ON deployments (account, holdings_due_at);
CREATE INDEX ix_deployments_project ON deployments (account, project_id);
CREATE INDEX ix_holdings_snapshots_of ON holdings_snapshots (account, deploy_id, at);
CREATE INDEX ix_live_snapshots_of ON live_snapshots (account, deploy_id, at);
CREATE INDEX ix_audit_at ON audit (account, at);
CREATE INDEX ix_audit_job ON audit (job_id);
CREATE INDEX ix_jobs_kind ON jobs (account, kind, state);
CREATE INDEX ix_sweeps_open ON sweeps (account, ended_at);
CREATE INDEX ix_jobs_running ON jobs (account, state, look_at);
CREATE INDEX ix_jobs_sweep ON jobs (sweep_id, state);
CREATE INDEX ix_jobs_queue ON jobs (account, state, kind, cancel_requested, paused, sweep_id, priority DESC, created_at, position, id);
COMMIT;