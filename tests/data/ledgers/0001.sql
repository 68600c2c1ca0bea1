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
INSERT INTO "accounts" VALUES('1@ACCOUNT-HOST',NULL,NULL,NULL,2,'2026-11-25 10:50:11.617800');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
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
INSERT INTO "attempts" VALUES(1,'c478bb3db8cc2475',1,'upload','2026-11-25 10:50:11.489145',0.014767,0,'wait','waits for the upload into project 1392881643');
INSERT INTO "attempts" VALUES(2,'c478bb3db8cc2475',1,'upload','2026-11-25 10:50:11.605548',0.02363,0,'advance','1 files in one request');
INSERT INTO "attempts" VALUES(3,'c478bb3db8cc2475',1,'compile','2026-11-25 10:50:11.630032',0.007693,0,'advance','compile f2cf58b87261f334f0eaa00729f07983-d95917266872faba617af1cf0e9a9aed');
INSERT INTO "attempts" VALUES(4,'c478bb3db8cc2475',1,'poll_compile','2026-11-25 10:50:11.638458',0.006034,0,'wait','waits for the compile');
INSERT INTO "attempts" VALUES(5,'c478bb3db8cc2475',1,'poll_compile','2026-11-25 10:50:11.745400',0.008491,0,'advance','built in 0.1 s');
INSERT INTO "attempts" VALUES(6,'c478bb3db8cc2475',1,'create','2026-11-25 10:50:11.754666',0.018591,0,'advance','backtest 0b99cc26a303a2ee28632f6d35a8ac19');
INSERT INTO "attempts" VALUES(7,'c478bb3db8cc2475',1,'poll_results','2026-11-25 10:50:11.774016',0.006852,0,'wait','waits for the backtest');
INSERT INTO "attempts" VALUES(8,'c478bb3db8cc2475',1,'poll_results','2026-11-25 10:50:11.881811',0.019466,0,'complete','completed');
INSERT INTO "attempts" VALUES(9,'e163af51329f6198',1,'upload','2026-11-25 10:50:11.910134',0.005998,0,'wait','waits for the upload into project 450073162');
INSERT INTO "attempts" VALUES(10,'e163af51329f6198',1,'upload','2026-11-25 10:50:12.017170',0.009653,0,'advance','1 files in one request');
INSERT INTO "attempts" VALUES(11,'e163af51329f6198',1,'compile','2026-11-25 10:50:12.027627',0.00565,0,'advance','compile 79ddb31af0ecf72ac628c17f748ce60c-5a793800a6083b626b1e96de4c656949');
INSERT INTO "attempts" VALUES(12,'e163af51329f6198',1,'poll_compile','2026-11-25 10:50:12.034086',0.004201,0,'wait','waits for the compile');
INSERT INTO "attempts" VALUES(13,'e163af51329f6198',1,'poll_compile','2026-11-25 10:50:12.139396',0.007491,0,'fail','build_error: Build Error: File: main.py Line:1 Column:26 - expected '':''');
CREATE TABLE bundles (
	hash VARCHAR(64) NOT NULL, 
	content BLOB NOT NULL, 
	files INTEGER NOT NULL, 
	characters INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_bundles PRIMARY KEY (hash)
);
INSERT INTO "bundles" VALUES('3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E5670CECF2DC8492D494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00191E2158',1,86,'2026-11-25 10:50:11.479280');
INSERT INTO "bundles" VALUES('8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704BCCCC494DD1087476CC49CF2FCA2CC9C8D58CC953008202A06C4C9E522D00CC821169',1,35,'2026-11-25 10:50:11.904896');
INSERT INTO "bundles" VALUES('c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704A4D2FCDD3087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00750A1FAC',1,82,'2026-11-25 10:50:12.151742');
INSERT INTO "bundles" VALUES('0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56084FCC2CC9CC4BD7087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CC3CA074624E6655AA46716A4E1A4C0A04407CBDE2D492F8E4C4E20C0D430310D08CC953AA0500CA15208E',1,84,'2026-11-25 10:50:12.160580');
INSERT INTO "bundles" VALUES('e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704ECC4B4ECDC9494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B000E302136',1,86,'2026-11-25 10:50:12.165570');
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
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',1392881643,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','f2cf58b87261f334f0eaa00729f07983-d95917266872faba617af1cf0e9a9aed','BuildSuccess','Build Request Successful for Project ID: 1392881643, with CompileID: f2cf58b87261f334f0eaa00729f07983-d95917266872faba617af1cf0e9a9aed, Lean Version: 2.5.0.0.17000','2.5.0.0.17000','2026-11-25 10:50:11.635715','2026-11-25 10:50:11.751560');
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',450073162,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','79ddb31af0ecf72ac628c17f748ce60c-5a793800a6083b626b1e96de4c656949','BuildError','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,'2026-11-25 10:50:12.031434','2026-11-25 10:50:12.144321');
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
INSERT INTO "events" VALUES('28b10ad9a5c8471f828f0e3ab3a38801','BacktestQueued','c478bb3db8cc2475',0,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed"}','2026-11-25 10:50:11.483123','2026-11-25 10:50:12.171177');
INSERT INTO "events" VALUES('98a27d29a997490da9171dcae8e41c5f','BacktestStarted','c478bb3db8cc2475',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 1392881643, "backtest_id": "0b99cc26a303a2ee28632f6d35a8ac19"}','2026-11-25 10:50:11.771614','2026-11-25 10:50:12.171598');
INSERT INTO "events" VALUES('a0bc6d533b174746b16143b9a3ba2a4f','BacktestCompleted','c478bb3db8cc2475',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 1392881643, "compile_id": "f2cf58b87261f334f0eaa00729f07983-d95917266872faba617af1cf0e9a9aed", "backtest_id": "0b99cc26a303a2ee28632f6d35a8ac19", "numbers": {"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}, "statistics": {"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}, "synthetic": true}','2026-11-25 10:50:11.900541','2026-11-25 10:50:12.171815');
INSERT INTO "events" VALUES('cae28d482e91454ba13e286fca10ac77','BacktestQueued','e163af51329f6198',0,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed"}','2026-11-25 10:50:11.905784','2026-11-25 10:50:12.172006');
INSERT INTO "events" VALUES('4d05d85fe77b4ff29ec17ffb8ec17681','BacktestFailed','e163af51329f6198',1,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed", "project_id": 450073162, "compile_id": null, "backtest_id": null, "error_kind": "build_error", "error": "Build Error: File: main.py Line:1 Column:26 - expected '':''"}','2026-11-25 10:50:12.146278','2026-11-25 10:50:12.172259');
INSERT INTO "events" VALUES('826be8c7ffa5442081999783465bcee6','BacktestQueued','a4ba5bce01617164',0,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun"}','2026-11-25 10:50:12.153008','2026-11-25 10:50:12.172469');
INSERT INTO "events" VALUES('595d6bbf2bb54f18adc75ea6eb310649','BacktestRecovered','a4ba5bce01617164',1,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun", "step": "upload"}','2026-11-25 10:50:12.156509','2026-11-25 10:50:12.172646');
INSERT INTO "events" VALUES('cec6920ed9fc491d96dc7c1237837db2','BacktestQueued','e0827db05eec61d1',0,'{"name": "waiting period=14", "parameters": {"period": 14}, "source": "/strategies/waiting"}','2026-11-25 10:50:12.161400','2026-11-25 10:50:12.172823');
INSERT INTO "events" VALUES('fd7b53caa570454998f1bb4b71c76034','BacktestQueued','fcc3b573a5ad174a',0,'{"name": "cancelled period=14", "parameters": {"period": 14}, "source": "/strategies/cancelled"}','2026-11-25 10:50:12.166437','2026-11-25 10:50:12.172992');
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
	ended_at DATETIME, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_jobs_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "jobs" VALUES('c478bb3db8cc2475','1@ACCOUNT-HOST','completed period=14','/strategies/completed','3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','name:completed',1392881643,'Py','{"period": 14}',0,0,'completed',1,'poll_results',0,0,NULL,NULL,NULL,0,NULL,0,'2026-11-25 10:50:11.756169','f2cf58b87261f334f0eaa00729f07983-d95917266872faba617af1cf0e9a9aed',0,'0b99cc26a303a2ee28632f6d35a8ac19','2026-11-25 10:50:11.770925','Completed.',1.0,'2026-11-25 10:50:11.887965','2026-11-25 10:50:11.887965',0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 10:50:11.479111','2026-11-25 10:50:11.487743','2026-11-25 10:50:11.897367');
INSERT INTO "jobs" VALUES('e163af51329f6198','1@ACCOUNT-HOST','failed period=14','/strategies/failed','8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','name:failed',450073162,'Py','{"period": 14}',0,0,'failed',1,'poll_compile',0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,'build_error','Build Error: File: main.py Line:1 Column:26 - expected '':''','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,NULL,'2026-11-25 10:50:11.904777','2026-11-25 10:50:11.908916','2026-11-25 10:50:12.145232');
INSERT INTO "jobs" VALUES('a4ba5bce01617164','1@ACCOUNT-HOST','begun period=14','/strategies/begun','c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24','name:begun',NULL,'Py','{"period": 14}',0,0,'running',1,'upload',1,0,NULL,NULL,'2026-11-25 10:50:12.156278',0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 10:50:12.151656','2026-11-25 10:50:12.155176',NULL);
INSERT INTO "jobs" VALUES('e0827db05eec61d1','1@ACCOUNT-HOST','waiting period=14','/strategies/waiting','0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988','name:waiting',NULL,'Py','{"period": 14}',0,0,'queued',0,NULL,0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 10:50:12.160511',NULL,NULL);
INSERT INTO "jobs" VALUES('fcc3b573a5ad174a','1@ACCOUNT-HOST','cancelled period=14','/strategies/cancelled','e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645','name:cancelled',NULL,'Py','{"period": 14}',0,0,'cancelled',0,NULL,0,1,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 10:50:12.165513',NULL,'2026-11-25 10:50:12.169061');
CREATE TABLE leases (
	name VARCHAR(400) NOT NULL, 
	holder VARCHAR(100) NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name)
);
CREATE TABLE projects (
	account VARCHAR(300) NOT NULL, 
	"key" VARCHAR(300) NOT NULL, 
	project_id BIGINT, 
	created_by_us BOOLEAN NOT NULL, 
	create_intent_at DATETIME, 
	CONSTRAINT pk_projects PRIMARY KEY (account, "key")
);
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:completed',1392881643,1,'2026-11-25 10:50:11.492516');
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:failed',450073162,1,'2026-11-25 10:50:11.912144');
CREATE TABLE pushes (
	account VARCHAR(300) NOT NULL, 
	project_id BIGINT NOT NULL, 
	bundle VARCHAR(64) NOT NULL, 
	pushed_at DATETIME NOT NULL, 
	CONSTRAINT pk_pushes PRIMARY KEY (account, project_id, bundle), 
	CONSTRAINT fk_pushes_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',1392881643,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','2026-11-25 10:50:11.623556');
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',450073162,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','2026-11-25 10:50:12.023985');
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
INSERT INTO "results" VALUES('c478bb3db8cc2475','{"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}','{"Equity": "$142,746.93", "Fees": "-$63.59", "Holdings": "$0.00", "Net Profit": "$42,746.93", "Probabilistic Sharpe Ratio": "84.987%", "Return": "42.75 %", "Unrealized": "$0.00", "Volume": "$1,836,501.44"}','{"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}','{"portfolioStatistics": {"startEquity": 100000.0, "endEquity": 142746.93, "totalNetProfit": 0.427469, "compoundingAnnualReturn": 0.432038, "drawdown": 0.125075, "sharpeRatio": 2.427841, "sortinoRatio": 3.904116, "probabilisticSharpeRatio": 0.849871, "winRate": 0.545455, "lossRate": 0.454545, "averageWinRate": 0.08727, "averageLossRate": -0.027675, "profitLossRatio": 3.153404, "expectancy": 1.265493, "alpha": 0.020451, "beta": 0.603403, "annualStandardDeviation": 0.178985, "annualVariance": 0.032036, "informationRatio": -1.911817, "trackingError": 0.131666, "treynorRatio": 0.720161, "portfolioTurnover": 0.062699, "valueAtRisk99": -0.024797, "valueAtRisk95": -0.017113}, "tradeStatistics": {"startDateTime": "2023-01-03T21:00:00Z", "endDateTime": "2023-12-27T21:00:00Z", "totalNumberOfTrades": 11, "numberOfWinningTrades": 6, "numberOfLosingTrades": 5, "totalProfitLoss": 42810.52, "totalProfit": 58040.05, "totalLoss": -15229.53, "largestProfit": 16681.56, "largestLoss": -7349.24, "averageProfitLoss": 3891.87, "averageProfit": 9673.34, "averageLoss": -3045.91, "averageTradeDuration": "P27DT15H16M22S", "averageWinningTradeDuration": "P33DT20H", "averageLosingTradeDuration": "P20DT4H48M", "medianTradeDuration": "P34D", "medianWinningTradeDuration": "P35DT12H", "medianLosingTradeDuration": "P13D", "maxConsecutiveWinningTrades": 2, "maxConsecutiveLosingTrades": 2, "profitLossRatio": 3.1759, "winLossRatio": 1.2, "winRate": 0.5455, "lossRate": 0.4545, "averageMAE": -2082.59, "averageMFE": 7178.44, "largestMAE": -7349.24, "largestMFE": 19245.24, "maximumClosedTradeDrawdown": -7349.24, "maximumIntraTradeDrawdown": -7349.24, "maximumEndTradeDrawdown": -8887.65, "averageEndTradeDrawdown": -3286.58, "maximumDrawdownDuration": "P56D", "profitLossStandardDeviation": 7689.4344, "profitLossDownsideDeviation": 2834.1134, "profitFactor": 3.811, "profitToMaxDrawdownRatio": 5.8252, "sharpeRatio": 0.5061, "sortinoRatio": 1.3732, "totalFees": 63.59}, "closedTrades": [{"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 604.0, "entryTime": "2023-01-03T21:00:00Z", "entryPrice": 122.21, "exitTime": "2023-01-11T21:00:00Z", "exitPrice": 121.53, "profitLoss": -410.72, "totalFees": 6.04, "mae": -1836.16, "mfe": 0.0, "duration": "P8D", "endTradeDrawdown": -410.72, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 612.0, "entryTime": "2023-01-16T21:00:00Z", "entryPrice": 120.0, "exitTime": "2023-02-27T21:00:00Z", "exitPrice": 117.72, "profitLoss": -1395.36, "totalFees": 6.12, "mae": -1395.36, "mfe": 5306.04, "duration": "P42D", "endTradeDrawdown": -6701.4, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 621.0, "entryTime": "2023-03-07T21:00:00Z", "entryPrice": 116.59, "exitTime": "2023-04-13T21:00:00Z", "exitPrice": 132.99, "profitLoss": 10184.4, "totalFees": 6.21, "mae": -999.81, "mfe": 15152.4, "duration": "P37D", "endTradeDrawdown": -4968.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 626.0, "entryTime": "2023-04-21T21:00:00Z", "entryPrice": 127.71, "exitTime": "2023-05-04T21:00:00Z", "exitPrice": 115.97, "profitLoss": -7349.24, "totalFees": 6.26, "mae": -7349.24, "mfe": 788.76, "duration": "P13D", "endTradeDrawdown": -8138.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 607.0, "entryTime": "2023-05-09T21:00:00Z", "entryPrice": 122.73, "exitTime": "2023-05-29T21:00:00Z", "exitPrice": 125.42, "profitLoss": 1632.83, "totalFees": 6.07, "mae": -1845.28, "mfe": 2312.67, "duration": "P20D", "endTradeDrawdown": -679.84, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 554.0, "entryTime": "2023-06-02T21:00:00Z", "entryPrice": 136.68, "exitTime": "2023-07-06T21:00:00Z", "exitPrice": 152.43, "profitLoss": 8725.5, "totalFees": 5.54, "mae": -770.06, "mfe": 8852.92, "duration": "P34D", "endTradeDrawdown": -127.42, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 579.0, "entryTime": "2023-07-12T21:00:00Z", "entryPrice": 141.89, "exitTime": "2023-08-15T21:00:00Z", "exitPrice": 134.22, "profitLoss": -4440.93, "totalFees": 5.79, "mae": -4440.93, "mfe": 4446.72, "duration": "P34D", "endTradeDrawdown": -8887.65, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 588.0, "entryTime": "2023-08-22T21:00:00Z", "entryPrice": 134.14, "exitTime": "2023-10-02T21:00:00Z", "exitPrice": 162.51, "profitLoss": 16681.56, "totalFees": 5.88, "mae": 0.0, "mfe": 19245.24, "duration": "P41D", "endTradeDrawdown": -2563.68, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 535.0, "entryTime": "2023-10-04T21:00:00Z", "entryPrice": 170.26, "exitTime": "2023-11-01T21:00:00Z", "exitPrice": 187.88, "profitLoss": 9426.7, "totalFees": 5.35, "mae": -278.2, "mfe": 9426.7, "duration": "P28D", "endTradeDrawdown": 0.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 512.0, "entryTime": "2023-11-06T21:00:00Z", "entryPrice": 191.6, "exitTime": "2023-11-10T21:00:00Z", "exitPrice": 188.41, "profitLoss": -1633.28, "totalFees": 5.12, "mae": -1633.28, "mfe": 1479.68, "duration": "P4D", "endTradeDrawdown": -3112.96, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 521.0, "entryTime": "2023-11-14T21:00:00Z", "entryPrice": 185.81, "exitTime": "2023-12-27T21:00:00Z", "exitPrice": 207.67, "profitLoss": 11389.06, "totalFees": 5.21, "mae": -2360.13, "mfe": 11951.74, "duration": "P43D", "endTradeDrawdown": -562.68, "isWin": null, "orderIds": [], "orders": []}]}',1,'2.5.0.0.17000',1,'2026-11-25 10:50:11.897328');
CREATE INDEX ix_jobs_backtest ON jobs (account, backtest_id);
CREATE INDEX ix_jobs_bundle ON jobs (bundle, ended_at);
CREATE INDEX ix_jobs_lease ON jobs (state, lease_until);
CREATE INDEX ix_jobs_queue ON jobs (state, account, priority, created_at);
CREATE INDEX ix_attempts_job_id ON attempts (job_id);
CREATE INDEX ix_events_announced_at ON events (announced_at);
CREATE INDEX ix_events_job_id ON events (job_id);
CREATE INDEX ix_deliveries_due_at ON deliveries (due_at);
COMMIT;