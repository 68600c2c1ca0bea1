BEGIN TRANSACTION;
CREATE TABLE accounts (
	account VARCHAR(300) NOT NULL, 
	proven_fingerprint VARCHAR(8), 
	refused_fingerprint VARCHAR(8), 
	refused_because TEXT, 
	nodes INTEGER, 
	nodes_read_at DATETIME, 
	CONSTRAINT pk_accounts PRIMARY KEY (account)
);
INSERT INTO "accounts" VALUES('1@ACCOUNT-HOST',NULL,NULL,NULL,2,'2026-11-25 11:08:38.414851');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	job_id VARCHAR(32) NOT NULL, 
	run INTEGER NOT NULL, 
	step VARCHAR(40) NOT NULL, 
	started_at DATETIME NOT NULL, 
	seconds FLOAT NOT NULL, 
	requests INTEGER NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	note TEXT, 
	CONSTRAINT pk_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_attempts_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "attempts" VALUES(1,'a34e67659480d44c',1,'upload','2026-11-25 11:08:38.266851',0.024142,0,'wait','waits for the upload into project 928274154');
INSERT INTO "attempts" VALUES(2,'a34e67659480d44c',1,'upload','2026-11-25 11:08:38.393248',0.040799,0,'advance','1 files in one request');
INSERT INTO "attempts" VALUES(3,'a34e67659480d44c',1,'compile','2026-11-25 11:08:38.435330',0.017284,0,'advance','compile 833a318fcc42b00d3e55259e5e191fe5-374708ef6ee04cd9a277eb0fbe9f3e7e');
INSERT INTO "attempts" VALUES(4,'a34e67659480d44c',1,'poll_compile','2026-11-25 11:08:38.455654',0.012015,0,'wait','waits for the compile');
INSERT INTO "attempts" VALUES(5,'a34e67659480d44c',1,'poll_compile','2026-11-25 11:08:38.569387',0.019681,0,'advance','built in 0.1 s');
INSERT INTO "attempts" VALUES(6,'a34e67659480d44c',1,'create','2026-11-25 11:08:38.591949',0.029003,0,'advance','backtest 10a0ae4e79437b01b9b3711169b72cfb');
INSERT INTO "attempts" VALUES(7,'a34e67659480d44c',1,'poll_results','2026-11-25 11:08:38.625617',0.017673,0,'wait','waits for the backtest');
INSERT INTO "attempts" VALUES(8,'a34e67659480d44c',1,'poll_results','2026-11-25 11:08:38.744869',0.048215,0,'complete','completed');
INSERT INTO "attempts" VALUES(9,'0c07dccf54a70414',1,'upload','2026-11-25 11:08:38.820502',0.016291,0,'wait','waits for the upload into project 1445376253');
INSERT INTO "attempts" VALUES(10,'0c07dccf54a70414',1,'upload','2026-11-25 11:08:38.938353',0.022032,0,'advance','1 files in one request');
INSERT INTO "attempts" VALUES(11,'0c07dccf54a70414',1,'compile','2026-11-25 11:08:38.963094',0.021611,0,'advance','compile 226dcc17e4b04099d98c61a475929e5e-414d02becf1a1dd83f25d33839145aed');
INSERT INTO "attempts" VALUES(12,'0c07dccf54a70414',1,'poll_compile','2026-11-25 11:08:38.989262',0.019422,0,'wait','waits for the compile');
INSERT INTO "attempts" VALUES(13,'0c07dccf54a70414',1,'poll_compile','2026-11-25 11:08:39.113903',0.020274,0,'fail','build_error: Build Error: File: main.py Line:1 Column:26 - expected '':''');
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
INSERT INTO "bundles" VALUES('3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E5670CECF2DC8492D494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00191E2158',1,86,'2026-11-25 11:08:38.247377');
INSERT INTO "bundles" VALUES('8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704BCCCC494DD1087476CC49CF2FCA2CC9C8D58CC953008202A06C4C9E522D00CC821169',1,35,'2026-11-25 11:08:38.799737');
INSERT INTO "bundles" VALUES('c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704A4D2FCDD3087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00750A1FAC',1,82,'2026-11-25 11:08:39.141495');
INSERT INTO "bundles" VALUES('0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56084FCC2CC9CC4BD7087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CC3CA074624E6655AA46716A4E1A4C0A04407CBDE2D492F8E4C4E20C0D430310D08CC953AA0500CA15208E',1,84,'2026-11-25 11:08:39.159206');
INSERT INTO "bundles" VALUES('e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704ECC4B4ECDC9494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B000E302136',1,86,'2026-11-25 11:08:39.172902');
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
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',928274154,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','833a318fcc42b00d3e55259e5e191fe5-374708ef6ee04cd9a277eb0fbe9f3e7e','BuildSuccess','Build Request Successful for Project ID: 928274154, with CompileID: 833a318fcc42b00d3e55259e5e191fe5-374708ef6ee04cd9a277eb0fbe9f3e7e, Lean Version: 2.5.0.0.17000','2.5.0.0.17000','2026-11-25 11:08:38.445957','2026-11-25 11:08:38.578429');
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',1445376253,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','226dcc17e4b04099d98c61a475929e5e-414d02becf1a1dd83f25d33839145aed','BuildError','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,'2026-11-25 11:08:38.971428','2026-11-25 11:08:39.122205');
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
INSERT INTO "events" VALUES('739dc557cf5142a88d1659c38a575ea6','BacktestQueued','a34e67659480d44c',0,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed"}','2026-11-25 11:08:38.251582','2026-11-25 11:08:39.184044');
INSERT INTO "events" VALUES('487c4e2e22f64c9b8e2cd27cb64664f8','BacktestStarted','a34e67659480d44c',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 928274154, "backtest_id": "10a0ae4e79437b01b9b3711169b72cfb"}','2026-11-25 11:08:38.618593','2026-11-25 11:08:39.194268');
INSERT INTO "events" VALUES('f5afc3f9d6a74c15911ef8a154df0fca','BacktestCompleted','a34e67659480d44c',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 928274154, "compile_id": "833a318fcc42b00d3e55259e5e191fe5-374708ef6ee04cd9a277eb0fbe9f3e7e", "backtest_id": "10a0ae4e79437b01b9b3711169b72cfb", "numbers": {"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}, "statistics": {"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}, "synthetic": true}','2026-11-25 11:08:38.792276','2026-11-25 11:08:39.195316');
INSERT INTO "events" VALUES('0d428e5e056e4c9ab78770eee3b96653','BacktestQueued','0c07dccf54a70414',0,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed"}','2026-11-25 11:08:38.800967','2026-11-25 11:08:39.195564');
INSERT INTO "events" VALUES('2bf00badec2e4d90924204a0a2572fa4','BacktestFailed','0c07dccf54a70414',1,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed", "project_id": 1445376253, "compile_id": null, "backtest_id": null, "error_kind": "build_error", "error": "Build Error: File: main.py Line:1 Column:26 - expected '':''"}','2026-11-25 11:08:39.129838','2026-11-25 11:08:39.195759');
INSERT INTO "events" VALUES('c22776d54a3941389c4ab99983727a89','BacktestQueued','9b4fdc82b0539beb',0,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun"}','2026-11-25 11:08:39.142588','2026-11-25 11:08:39.195946');
INSERT INTO "events" VALUES('31059e9abfad4411b1987cb43fd49a60','BacktestRecovered','9b4fdc82b0539beb',1,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun", "step": "upload"}','2026-11-25 11:08:39.148491','2026-11-25 11:08:39.197945');
INSERT INTO "events" VALUES('aea20050095f47f280e8c4edb0578642','BacktestQueued','c01c92682038e9ec',0,'{"name": "waiting period=14", "parameters": {"period": 14}, "source": "/strategies/waiting"}','2026-11-25 11:08:39.161016','2026-11-25 11:08:39.198184');
INSERT INTO "events" VALUES('7cea0a0ea5a3441fa4569fab540f2f8a','BacktestQueued','5dc8a69eecaa8878',0,'{"name": "cancelled period=14", "parameters": {"period": 14}, "source": "/strategies/cancelled"}','2026-11-25 11:08:39.177370','2026-11-25 11:08:39.198378');
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
	ended_at DATETIME, kind VARCHAR(20) DEFAULT 'backtest' NOT NULL, details JSON DEFAULT '{}' NOT NULL, deploy_id VARCHAR(100), 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_jobs_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "jobs" VALUES('a34e67659480d44c','1@ACCOUNT-HOST','completed period=14','/strategies/completed','3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','name:completed',928274154,'Py','{"period": 14}',0,0,'completed',1,'poll_results',0,0,NULL,NULL,NULL,0,NULL,0,'2026-11-25 11:08:38.597771','833a318fcc42b00d3e55259e5e191fe5-374708ef6ee04cd9a277eb0fbe9f3e7e',0,'10a0ae4e79437b01b9b3711169b72cfb','2026-11-25 11:08:38.617747','Completed.',1.0,'2026-11-25 11:08:38.752964','2026-11-25 11:08:38.752964',0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 11:08:38.247226','2026-11-25 11:08:38.265344','2026-11-25 11:08:38.786881','backtest','{}',NULL);
INSERT INTO "jobs" VALUES('0c07dccf54a70414','1@ACCOUNT-HOST','failed period=14','/strategies/failed','8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','name:failed',1445376253,'Py','{"period": 14}',0,0,'failed',1,'poll_compile',0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,'build_error','Build Error: File: main.py Line:1 Column:26 - expected '':''','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,NULL,'2026-11-25 11:08:38.799612','2026-11-25 11:08:38.814280','2026-11-25 11:08:39.128657','backtest','{}',NULL);
INSERT INTO "jobs" VALUES('9b4fdc82b0539beb','1@ACCOUNT-HOST','begun period=14','/strategies/begun','c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24','name:begun',NULL,'Py','{"period": 14}',0,0,'running',1,'upload',1,0,NULL,NULL,'2026-11-25 11:08:39.148252',0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 11:08:39.141387','2026-11-25 11:08:39.146447',NULL,'backtest','{}',NULL);
INSERT INTO "jobs" VALUES('c01c92682038e9ec','1@ACCOUNT-HOST','waiting period=14','/strategies/waiting','0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988','name:waiting',NULL,'Py','{"period": 14}',0,0,'queued',0,NULL,0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 11:08:39.159120',NULL,NULL,'backtest','{}',NULL);
INSERT INTO "jobs" VALUES('5dc8a69eecaa8878','1@ACCOUNT-HOST','cancelled period=14','/strategies/cancelled','e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645','name:cancelled',NULL,'Py','{"period": 14}',0,0,'cancelled',0,NULL,0,1,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 11:08:39.172816',NULL,'2026-11-25 11:08:39.179613','backtest','{}',NULL);
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
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:completed',928274154,1,'2026-11-25 11:08:38.273045');
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:failed',1445376253,1,'2026-11-25 11:08:38.828383');
CREATE TABLE pushes (
	account VARCHAR(300) NOT NULL, 
	project_id BIGINT NOT NULL, 
	bundle VARCHAR(64) NOT NULL, 
	pushed_at DATETIME NOT NULL, 
	CONSTRAINT pk_pushes PRIMARY KEY (account, project_id, bundle), 
	CONSTRAINT fk_pushes_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',928274154,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','2026-11-25 11:08:38.423799');
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',1445376253,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','2026-11-25 11:08:38.950191');
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
INSERT INTO "results" VALUES('a34e67659480d44c','{"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}','{"Equity": "$142,746.93", "Fees": "-$63.59", "Holdings": "$0.00", "Net Profit": "$42,746.93", "Probabilistic Sharpe Ratio": "84.987%", "Return": "42.75 %", "Unrealized": "$0.00", "Volume": "$1,836,501.44"}','{"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}','{"portfolioStatistics": {"startEquity": 100000.0, "endEquity": 142746.93, "totalNetProfit": 0.427469, "compoundingAnnualReturn": 0.432038, "drawdown": 0.125075, "sharpeRatio": 2.427841, "sortinoRatio": 3.904116, "probabilisticSharpeRatio": 0.849871, "winRate": 0.545455, "lossRate": 0.454545, "averageWinRate": 0.08727, "averageLossRate": -0.027675, "profitLossRatio": 3.153404, "expectancy": 1.265493, "alpha": 0.020451, "beta": 0.603403, "annualStandardDeviation": 0.178985, "annualVariance": 0.032036, "informationRatio": -1.911817, "trackingError": 0.131666, "treynorRatio": 0.720161, "portfolioTurnover": 0.062699, "valueAtRisk99": -0.024797, "valueAtRisk95": -0.017113}, "tradeStatistics": {"startDateTime": "2023-01-03T21:00:00Z", "endDateTime": "2023-12-27T21:00:00Z", "totalNumberOfTrades": 11, "numberOfWinningTrades": 6, "numberOfLosingTrades": 5, "totalProfitLoss": 42810.52, "totalProfit": 58040.05, "totalLoss": -15229.53, "largestProfit": 16681.56, "largestLoss": -7349.24, "averageProfitLoss": 3891.87, "averageProfit": 9673.34, "averageLoss": -3045.91, "averageTradeDuration": "P27DT15H16M22S", "averageWinningTradeDuration": "P33DT20H", "averageLosingTradeDuration": "P20DT4H48M", "medianTradeDuration": "P34D", "medianWinningTradeDuration": "P35DT12H", "medianLosingTradeDuration": "P13D", "maxConsecutiveWinningTrades": 2, "maxConsecutiveLosingTrades": 2, "profitLossRatio": 3.1759, "winLossRatio": 1.2, "winRate": 0.5455, "lossRate": 0.4545, "averageMAE": -2082.59, "averageMFE": 7178.44, "largestMAE": -7349.24, "largestMFE": 19245.24, "maximumClosedTradeDrawdown": -7349.24, "maximumIntraTradeDrawdown": -7349.24, "maximumEndTradeDrawdown": -8887.65, "averageEndTradeDrawdown": -3286.58, "maximumDrawdownDuration": "P56D", "profitLossStandardDeviation": 7689.4344, "profitLossDownsideDeviation": 2834.1134, "profitFactor": 3.811, "profitToMaxDrawdownRatio": 5.8252, "sharpeRatio": 0.5061, "sortinoRatio": 1.3732, "totalFees": 63.59}, "closedTrades": [{"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 604.0, "entryTime": "2023-01-03T21:00:00Z", "entryPrice": 122.21, "exitTime": "2023-01-11T21:00:00Z", "exitPrice": 121.53, "profitLoss": -410.72, "totalFees": 6.04, "mae": -1836.16, "mfe": 0.0, "duration": "P8D", "endTradeDrawdown": -410.72, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 612.0, "entryTime": "2023-01-16T21:00:00Z", "entryPrice": 120.0, "exitTime": "2023-02-27T21:00:00Z", "exitPrice": 117.72, "profitLoss": -1395.36, "totalFees": 6.12, "mae": -1395.36, "mfe": 5306.04, "duration": "P42D", "endTradeDrawdown": -6701.4, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 621.0, "entryTime": "2023-03-07T21:00:00Z", "entryPrice": 116.59, "exitTime": "2023-04-13T21:00:00Z", "exitPrice": 132.99, "profitLoss": 10184.4, "totalFees": 6.21, "mae": -999.81, "mfe": 15152.4, "duration": "P37D", "endTradeDrawdown": -4968.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 626.0, "entryTime": "2023-04-21T21:00:00Z", "entryPrice": 127.71, "exitTime": "2023-05-04T21:00:00Z", "exitPrice": 115.97, "profitLoss": -7349.24, "totalFees": 6.26, "mae": -7349.24, "mfe": 788.76, "duration": "P13D", "endTradeDrawdown": -8138.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 607.0, "entryTime": "2023-05-09T21:00:00Z", "entryPrice": 122.73, "exitTime": "2023-05-29T21:00:00Z", "exitPrice": 125.42, "profitLoss": 1632.83, "totalFees": 6.07, "mae": -1845.28, "mfe": 2312.67, "duration": "P20D", "endTradeDrawdown": -679.84, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 554.0, "entryTime": "2023-06-02T21:00:00Z", "entryPrice": 136.68, "exitTime": "2023-07-06T21:00:00Z", "exitPrice": 152.43, "profitLoss": 8725.5, "totalFees": 5.54, "mae": -770.06, "mfe": 8852.92, "duration": "P34D", "endTradeDrawdown": -127.42, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 579.0, "entryTime": "2023-07-12T21:00:00Z", "entryPrice": 141.89, "exitTime": "2023-08-15T21:00:00Z", "exitPrice": 134.22, "profitLoss": -4440.93, "totalFees": 5.79, "mae": -4440.93, "mfe": 4446.72, "duration": "P34D", "endTradeDrawdown": -8887.65, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 588.0, "entryTime": "2023-08-22T21:00:00Z", "entryPrice": 134.14, "exitTime": "2023-10-02T21:00:00Z", "exitPrice": 162.51, "profitLoss": 16681.56, "totalFees": 5.88, "mae": 0.0, "mfe": 19245.24, "duration": "P41D", "endTradeDrawdown": -2563.68, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 535.0, "entryTime": "2023-10-04T21:00:00Z", "entryPrice": 170.26, "exitTime": "2023-11-01T21:00:00Z", "exitPrice": 187.88, "profitLoss": 9426.7, "totalFees": 5.35, "mae": -278.2, "mfe": 9426.7, "duration": "P28D", "endTradeDrawdown": 0.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 512.0, "entryTime": "2023-11-06T21:00:00Z", "entryPrice": 191.6, "exitTime": "2023-11-10T21:00:00Z", "exitPrice": 188.41, "profitLoss": -1633.28, "totalFees": 5.12, "mae": -1633.28, "mfe": 1479.68, "duration": "P4D", "endTradeDrawdown": -3112.96, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 521.0, "entryTime": "2023-11-14T21:00:00Z", "entryPrice": 185.81, "exitTime": "2023-12-27T21:00:00Z", "exitPrice": 207.67, "profitLoss": 11389.06, "totalFees": 5.21, "mae": -2360.13, "mfe": 11951.74, "duration": "P43D", "endTradeDrawdown": -562.68, "isWin": null, "orderIds": [], "orders": []}]}',1,'2.5.0.0.17000',1,'2026-11-25 11:08:38.786836');
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
CREATE INDEX ix_jobs_backtest ON jobs (account, backtest_id);
CREATE INDEX ix_jobs_bundle ON jobs (bundle, ended_at);
CREATE INDEX ix_jobs_lease ON jobs (state, lease_until);
CREATE INDEX ix_jobs_queue ON jobs (state, account, priority, created_at);
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
COMMIT;