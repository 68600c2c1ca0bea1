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
INSERT INTO "accounts" VALUES('1@ACCOUNT-HOST',NULL,NULL,NULL,2,'2026-11-25 15:00:46.874226',NULL,NULL,NULL,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
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
INSERT INTO "attempts" VALUES(1,'953916a7872d0548',1,'upload','2026-11-25 15:00:46.743970',0.016563,0,'wait','waits for the upload into project 329637293','{}');
INSERT INTO "attempts" VALUES(2,'953916a7872d0548',1,'upload','2026-11-25 15:00:46.862448',0.022332,0,'advance','1 files in one request','{}');
INSERT INTO "attempts" VALUES(3,'953916a7872d0548',1,'compile','2026-11-25 15:00:46.885649',0.007973,0,'advance','compile 873601c23a2b5b94a80f447ff4e560aa-0107b32927d877880ddd0a09d6b7c9b4','{}');
INSERT INTO "attempts" VALUES(4,'953916a7872d0548',1,'poll_compile','2026-11-25 15:00:46.894678',0.006986,0,'wait','waits for the compile','{}');
INSERT INTO "attempts" VALUES(5,'953916a7872d0548',1,'poll_compile','2026-11-25 15:00:47.002656',0.00778,0,'advance','built in 0.1 s','{}');
INSERT INTO "attempts" VALUES(6,'953916a7872d0548',1,'create','2026-11-25 15:00:47.011315',0.018393,0,'advance','backtest b6f2b1535b0c233d85e89c2094feb562','{}');
INSERT INTO "attempts" VALUES(7,'953916a7872d0548',1,'poll_results','2026-11-25 15:00:47.030496',0.006031,0,'board','waits for the backtest','{}');
INSERT INTO "attempts" VALUES(8,'953916a7872d0548',1,'poll_results','2026-11-25 15:00:47.137666',0.022412,0,'complete','completed','{}');
INSERT INTO "attempts" VALUES(9,'599618b990a3c021',1,'upload','2026-11-25 15:00:47.172378',0.006294,0,'wait','waits for the upload into project 1416209873','{}');
INSERT INTO "attempts" VALUES(10,'599618b990a3c021',1,'upload','2026-11-25 15:00:47.279692',0.01132,0,'advance','1 files in one request','{}');
INSERT INTO "attempts" VALUES(11,'599618b990a3c021',1,'compile','2026-11-25 15:00:47.292544',0.008351,0,'advance','compile 0b171764d1ed0862bebc0d648dd3a68f-8b07395344eeb74cbc2e9eb2335ddb3b','{}');
INSERT INTO "attempts" VALUES(12,'599618b990a3c021',1,'poll_compile','2026-11-25 15:00:47.301751',0.0063,0,'wait','waits for the compile','{}');
INSERT INTO "attempts" VALUES(13,'599618b990a3c021',1,'poll_compile','2026-11-25 15:00:47.409152',0.064538,0,'fail','build_error: Build Error: File: main.py Line:1 Column:26 - expected '':''','{}');
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
INSERT INTO "bundles" VALUES('3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E5670CECF2DC8492D494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00191E2158',1,86,'2026-11-25 15:00:46.728559');
INSERT INTO "bundles" VALUES('d2e005313a5cacfac239800273c117456f986352be4be6cf43a7c83ce67c3420',X'789C75514D6F9C3010FD2B964F6C8550B2DB53A41ED2F612298A92E61495087961002B6686D8435BBAE2BFD703BB9BDD281D90F1BC375F6FD8E9CE58CCFA515F295D7BEAD4B56BC85B6EBB9BAE27CF41D9F9AB3EE5284FE94C08EA0E7E3FB2370CCD983C7C3BA6ACAE244445ABA056162D5BE3EC5F4802B85A48B537F1B3005C04369E8B2A564AD617EB4DAA2EE3BBFA2010B03A0B5BA76AF3616069429B5C5E88BDA78B30765B72EACBE29AAA2AE075B03C26B97EBC7FCA75AA7E402037B025CCBE5FDFDC3EADB225E75417A14C626651A992EBA9345B2B245E3AC8E26A7296328BBF20305427816753B7E42A8B4D484E075D5611A7D21E02185FB699ED47DCCABFDAC542B92EC1B99047FFA7D4DDCDC517B4E0B10761A24B55BCA57B12FE40390B2C4A1A90250407E70E74076C4492E0BBE980D2C0FDC04BA7E7031868F0251CBB0BF4BA8DCB7D180CF257A2976495EB997996738AC79CFBAE8970B97E018FE0420FE5118C686543EFCC58A0E9F662EE476E09DFE43883CD609AFFB06F79FDCC6C96816494691905B735F9CECC7BF87C0E159D45F242AC739CF4F40FB2F202A1',2,702,'2026-11-25 15:00:46.880017');
INSERT INTO "bundles" VALUES('8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704BCCCC494DD1087476CC49CF2FCA2CC9C8D58CC953008202A06C4C9E522D00CC821169',1,35,'2026-11-25 15:00:47.164659');
INSERT INTO "bundles" VALUES('c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704A4D2FCDD3087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B00750A1FAC',1,82,'2026-11-25 15:00:47.478242');
INSERT INTO "bundles" VALUES('0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56084FCC2CC9CC4BD7087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CC3CA074624E6655AA46716A4E1A4C0A04407CBDE2D492F8E4C4E20C0D430310D08CC953AA0500CA15208E',1,84,'2026-11-25 15:00:47.488428');
INSERT INTO "bundles" VALUES('e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645',X'789CAB56CA4DCCCCD32BA854B252504ACE492C2E56704ECC4B4ECDC9494DD1087476CC49CF2FCA2CC9C8D5B48AC953008294D43485CCBCCC92CCC49CCCAA548DE2D49C3498140880F87AC5A925F1C989C5191A860620A01993A7540B000E302136',1,86,'2026-11-25 15:00:47.492410');
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
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',329637293,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','873601c23a2b5b94a80f447ff4e560aa-0107b32927d877880ddd0a09d6b7c9b4','BuildSuccess','Build Request Successful for Project ID: 329637293, with CompileID: 873601c23a2b5b94a80f447ff4e560aa-0107b32927d877880ddd0a09d6b7c9b4, Lean Version: 2.5.0.0.17000','2.5.0.0.17000','2026-11-25 15:00:46.891688','2026-11-25 15:00:47.007826');
INSERT INTO "compiles" VALUES('1@ACCOUNT-HOST',1416209873,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','0b171764d1ed0862bebc0d648dd3a68f-8b07395344eeb74cbc2e9eb2335ddb3b','BuildError','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,'2026-11-25 15:00:47.297873','2026-11-25 15:00:47.415233');
CREATE TABLE deliveries (
	event_id VARCHAR(32) NOT NULL, 
	handler VARCHAR(200) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME, 
	delivered_at DATETIME, 
	error TEXT, sent_at DATETIME, 
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
INSERT INTO "events" VALUES('add9d9313c494e48b1374ff0cf0ea180','BacktestQueued','953916a7872d0548',0,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed"}','2026-11-25 15:00:46.733268','2026-11-25 15:00:47.496757');
INSERT INTO "events" VALUES('9cd6bc886b424556a426234296089686','BacktestStarted','953916a7872d0548',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 329637293, "backtest_id": "b6f2b1535b0c233d85e89c2094feb562"}','2026-11-25 15:00:47.028295','2026-11-25 15:00:47.497341');
INSERT INTO "events" VALUES('eb90197b1bbe43ed8daf710ab99c3148','BacktestCompleted','953916a7872d0548',1,'{"name": "completed period=14", "parameters": {"period": 14}, "source": "/strategies/completed", "project_id": 329637293, "compile_id": "873601c23a2b5b94a80f447ff4e560aa-0107b32927d877880ddd0a09d6b7c9b4", "backtest_id": "b6f2b1535b0c233d85e89c2094feb562", "numbers": {"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}, "statistics": {"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}, "synthetic": true}','2026-11-25 15:00:47.158904','2026-11-25 15:00:47.497585');
INSERT INTO "events" VALUES('f1b7b9951e7f4be582f821e35339f2f1','BacktestQueued','599618b990a3c021',0,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed"}','2026-11-25 15:00:47.167012','2026-11-25 15:00:47.497797');
INSERT INTO "events" VALUES('04193fc7cef7476ab682283d508210db','BacktestFailed','599618b990a3c021',1,'{"name": "failed period=14", "parameters": {"period": 14}, "source": "/strategies/failed", "project_id": 1416209873, "compile_id": null, "backtest_id": null, "error_kind": "build_error", "error": "Build Error: File: main.py Line:1 Column:26 - expected '':''"}','2026-11-25 15:00:47.472245','2026-11-25 15:00:47.498003');
INSERT INTO "events" VALUES('bf13b8d8f39f4eda85d784a4d56dcfcf','BacktestQueued','293571ded4ba373a',0,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun"}','2026-11-25 15:00:47.479027','2026-11-25 15:00:47.498223');
INSERT INTO "events" VALUES('b555424343b64d7d8a07647e7cbe4208','BacktestRecovered','293571ded4ba373a',1,'{"name": "begun period=14", "parameters": {"period": 14}, "source": "/strategies/begun", "step": "upload"}','2026-11-25 15:00:47.485401','2026-11-25 15:00:47.498417');
INSERT INTO "events" VALUES('752eed1498154b3bbaab80ce9d778584','BacktestQueued','352ac850cfd5cfd9',0,'{"name": "waiting period=14", "parameters": {"period": 14}, "source": "/strategies/waiting"}','2026-11-25 15:00:47.489136','2026-11-25 15:00:47.498609');
INSERT INTO "events" VALUES('41384ebc616e42f1969aed2f03f17d30','BacktestQueued','701a18fd84b399cd',0,'{"name": "cancelled period=14", "parameters": {"period": 14}, "source": "/strategies/cancelled"}','2026-11-25 15:00:47.493153','2026-11-25 15:00:47.498791');
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
	ended_at DATETIME, kind VARCHAR(20) DEFAULT 'backtest' NOT NULL, details JSON DEFAULT '{}' NOT NULL, deploy_id VARCHAR(100), sweep_id VARCHAR(32) REFERENCES sweeps (id), position INTEGER DEFAULT '0' NOT NULL, labels JSON, paused BOOLEAN DEFAULT 0 NOT NULL, look_at DATETIME, reused_from VARCHAR(32), retried_by VARCHAR(32), seen_running_at DATETIME, completed_at DATETIME, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_jobs_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "jobs" VALUES('953916a7872d0548','1@ACCOUNT-HOST','completed period=14','/strategies/completed','3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','name:completed',329637293,'Py','{"period": 14}',0,0,'completed',1,'poll_results',0,0,NULL,NULL,NULL,0,NULL,0,'2026-11-25 15:00:47.013033','873601c23a2b5b94a80f447ff4e560aa-0107b32927d877880ddd0a09d6b7c9b4',0,'b6f2b1535b0c233d85e89c2094feb562','2026-11-25 15:00:47.026995','Completed.',1.0,'2026-11-25 15:00:47.145210','2026-11-25 15:00:47.145210',0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 15:00:46.728402','2026-11-25 15:00:46.742519','2026-11-25 15:00:47.156149','backtest','{}',NULL,NULL,0,NULL,0,'2026-11-25 15:00:48.034990',NULL,NULL,NULL,'2026-11-25 15:00:47.145216');
INSERT INTO "jobs" VALUES('599618b990a3c021','1@ACCOUNT-HOST','failed period=14','/strategies/failed','8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','name:failed',1416209873,'Py','{"period": 14}',0,0,'failed',1,'poll_compile',0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,'build_error','Build Error: File: main.py Line:1 Column:26 - expected '':''','Build Error: File: main.py Line:1 Column:26 - expected '':''',NULL,NULL,'2026-11-25 15:00:47.164535','2026-11-25 15:00:47.171478','2026-11-25 15:00:47.470996','backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('293571ded4ba373a','1@ACCOUNT-HOST','begun period=14','/strategies/begun','c772962d9c984e4a298cc2c84ce66741f7e56cd446a646adc11f1f1dbb3ffe24','name:begun',NULL,'Py','{"period": 14}',0,0,'running',1,'upload',1,0,NULL,NULL,'2026-11-25 15:00:47.485184',0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 15:00:47.478155','2026-11-25 15:00:47.483414',NULL,'backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('352ac850cfd5cfd9','1@ACCOUNT-HOST','waiting period=14','/strategies/waiting','0204205828edec1d69341ca172ea49859aa9385116f67a8cb10dbe5a06ea1988','name:waiting',NULL,'Py','{"period": 14}',0,0,'queued',0,NULL,0,0,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 15:00:47.488362',NULL,NULL,'backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('701a18fd84b399cd','1@ACCOUNT-HOST','cancelled period=14','/strategies/cancelled','e7ffcbf8667b65a057ede108b7b6fbdcb3ee8c69743bf667047b088925791645','name:cancelled',NULL,'Py','{"period": 14}',0,0,'cancelled',0,NULL,0,1,NULL,NULL,NULL,0,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'2026-11-25 15:00:47.492350',NULL,'2026-11-25 15:00:47.494610','backtest','{}',NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:completed',329637293,1,'2026-11-25 15:00:46.747904');
INSERT INTO "projects" VALUES('1@ACCOUNT-HOST','name:failed',1416209873,1,'2026-11-25 15:00:47.174605');
CREATE TABLE pushes (
	account VARCHAR(300) NOT NULL, 
	project_id BIGINT NOT NULL, 
	bundle VARCHAR(64) NOT NULL, 
	pushed_at DATETIME NOT NULL, 
	CONSTRAINT pk_pushes PRIMARY KEY (account, project_id, bundle), 
	CONSTRAINT fk_pushes_bundle FOREIGN KEY(bundle) REFERENCES bundles (hash)
);
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',329637293,'d2e005313a5cacfac239800273c117456f986352be4be6cf43a7c83ce67c3420','2026-11-25 15:00:46.880428');
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',329637293,'3d6cba1ccb0acfa875609cca62330aef2ffa00f1eb7f1afec65c460883fdbac1','2026-11-25 15:00:46.880922');
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',1416209873,'d2e005313a5cacfac239800273c117456f986352be4be6cf43a7c83ce67c3420','2026-11-25 15:00:47.286939');
INSERT INTO "pushes" VALUES('1@ACCOUNT-HOST',1416209873,'8f8a73562973d91cd6f11cf270e27a8389fc86c346f2f16729e99482c882ce91','2026-11-25 15:00:47.287138');
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
INSERT INTO "results" VALUES('953916a7872d0548','{"Total Orders": "22", "Average Win": "8.73%", "Average Loss": "-2.77%", "Compounding Annual Return": "43.204%", "Drawdown": "12.508%", "Expectancy": "1.265", "Start Equity": "100000", "End Equity": "142746.93", "Net Profit": "42.747%", "Sharpe Ratio": "2.428", "Sortino Ratio": "3.904", "Probabilistic Sharpe Ratio": "84.987%", "Loss Rate": "45%", "Win Rate": "55%", "Profit-Loss Ratio": "3.15", "Alpha": "0.02", "Beta": "0.603", "Annual Standard Deviation": "0.179", "Annual Variance": "0.032", "Information Ratio": "-1.912", "Tracking Error": "0.132", "Treynor Ratio": "0.72", "Total Fees": "$63.59", "Estimated Strategy Capacity": "$79,750,000.00", "Lowest Capacity Asset": "SPY R735QTJ8XC9X", "Portfolio Turnover": "6.27%", "Drawdown Recovery": "101"}','{"Equity": "$142,746.93", "Fees": "-$63.59", "Holdings": "$0.00", "Net Profit": "$42,746.93", "Probabilistic Sharpe Ratio": "84.987%", "Return": "42.75 %", "Unrealized": "$0.00", "Volume": "$1,836,501.44"}','{"total_return": 0.427469, "compounding_annual_return": 0.432038, "sharpe_ratio": 2.427841, "max_drawdown": 0.125075, "win_rate": 0.545455, "total_orders": 22, "start_equity": 100000.0, "end_equity": 142746.93, "total_fees": 63.59}','{"portfolioStatistics": {"startEquity": 100000.0, "endEquity": 142746.93, "totalNetProfit": 0.427469, "compoundingAnnualReturn": 0.432038, "drawdown": 0.125075, "sharpeRatio": 2.427841, "sortinoRatio": 3.904116, "probabilisticSharpeRatio": 0.849871, "winRate": 0.545455, "lossRate": 0.454545, "averageWinRate": 0.08727, "averageLossRate": -0.027675, "profitLossRatio": 3.153404, "expectancy": 1.265493, "alpha": 0.020451, "beta": 0.603403, "annualStandardDeviation": 0.178985, "annualVariance": 0.032036, "informationRatio": -1.911817, "trackingError": 0.131666, "treynorRatio": 0.720161, "portfolioTurnover": 0.062699, "valueAtRisk99": -0.024797, "valueAtRisk95": -0.017113}, "tradeStatistics": {"startDateTime": "2023-01-03T21:00:00Z", "endDateTime": "2023-12-27T21:00:00Z", "totalNumberOfTrades": 11, "numberOfWinningTrades": 6, "numberOfLosingTrades": 5, "totalProfitLoss": 42810.52, "totalProfit": 58040.05, "totalLoss": -15229.53, "largestProfit": 16681.56, "largestLoss": -7349.24, "averageProfitLoss": 3891.87, "averageProfit": 9673.34, "averageLoss": -3045.91, "averageTradeDuration": "P27DT15H16M22S", "averageWinningTradeDuration": "P33DT20H", "averageLosingTradeDuration": "P20DT4H48M", "medianTradeDuration": "P34D", "medianWinningTradeDuration": "P35DT12H", "medianLosingTradeDuration": "P13D", "maxConsecutiveWinningTrades": 2, "maxConsecutiveLosingTrades": 2, "profitLossRatio": 3.1759, "winLossRatio": 1.2, "winRate": 0.5455, "lossRate": 0.4545, "averageMAE": -2082.59, "averageMFE": 7178.44, "largestMAE": -7349.24, "largestMFE": 19245.24, "maximumClosedTradeDrawdown": -7349.24, "maximumIntraTradeDrawdown": -7349.24, "maximumEndTradeDrawdown": -8887.65, "averageEndTradeDrawdown": -3286.58, "maximumDrawdownDuration": "P56D", "profitLossStandardDeviation": 7689.4344, "profitLossDownsideDeviation": 2834.1134, "profitFactor": 3.811, "profitToMaxDrawdownRatio": 5.8252, "sharpeRatio": 0.5061, "sortinoRatio": 1.3732, "totalFees": 63.59}, "closedTrades": [{"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 604.0, "entryTime": "2023-01-03T21:00:00Z", "entryPrice": 122.21, "exitTime": "2023-01-11T21:00:00Z", "exitPrice": 121.53, "profitLoss": -410.72, "totalFees": 6.04, "mae": -1836.16, "mfe": 0.0, "duration": "P8D", "endTradeDrawdown": -410.72, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 612.0, "entryTime": "2023-01-16T21:00:00Z", "entryPrice": 120.0, "exitTime": "2023-02-27T21:00:00Z", "exitPrice": 117.72, "profitLoss": -1395.36, "totalFees": 6.12, "mae": -1395.36, "mfe": 5306.04, "duration": "P42D", "endTradeDrawdown": -6701.4, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 621.0, "entryTime": "2023-03-07T21:00:00Z", "entryPrice": 116.59, "exitTime": "2023-04-13T21:00:00Z", "exitPrice": 132.99, "profitLoss": 10184.4, "totalFees": 6.21, "mae": -999.81, "mfe": 15152.4, "duration": "P37D", "endTradeDrawdown": -4968.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 626.0, "entryTime": "2023-04-21T21:00:00Z", "entryPrice": 127.71, "exitTime": "2023-05-04T21:00:00Z", "exitPrice": 115.97, "profitLoss": -7349.24, "totalFees": 6.26, "mae": -7349.24, "mfe": 788.76, "duration": "P13D", "endTradeDrawdown": -8138.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 607.0, "entryTime": "2023-05-09T21:00:00Z", "entryPrice": 122.73, "exitTime": "2023-05-29T21:00:00Z", "exitPrice": 125.42, "profitLoss": 1632.83, "totalFees": 6.07, "mae": -1845.28, "mfe": 2312.67, "duration": "P20D", "endTradeDrawdown": -679.84, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 554.0, "entryTime": "2023-06-02T21:00:00Z", "entryPrice": 136.68, "exitTime": "2023-07-06T21:00:00Z", "exitPrice": 152.43, "profitLoss": 8725.5, "totalFees": 5.54, "mae": -770.06, "mfe": 8852.92, "duration": "P34D", "endTradeDrawdown": -127.42, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 579.0, "entryTime": "2023-07-12T21:00:00Z", "entryPrice": 141.89, "exitTime": "2023-08-15T21:00:00Z", "exitPrice": 134.22, "profitLoss": -4440.93, "totalFees": 5.79, "mae": -4440.93, "mfe": 4446.72, "duration": "P34D", "endTradeDrawdown": -8887.65, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 588.0, "entryTime": "2023-08-22T21:00:00Z", "entryPrice": 134.14, "exitTime": "2023-10-02T21:00:00Z", "exitPrice": 162.51, "profitLoss": 16681.56, "totalFees": 5.88, "mae": 0.0, "mfe": 19245.24, "duration": "P41D", "endTradeDrawdown": -2563.68, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 535.0, "entryTime": "2023-10-04T21:00:00Z", "entryPrice": 170.26, "exitTime": "2023-11-01T21:00:00Z", "exitPrice": 187.88, "profitLoss": 9426.7, "totalFees": 5.35, "mae": -278.2, "mfe": 9426.7, "duration": "P28D", "endTradeDrawdown": 0.0, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 512.0, "entryTime": "2023-11-06T21:00:00Z", "entryPrice": 191.6, "exitTime": "2023-11-10T21:00:00Z", "exitPrice": 188.41, "profitLoss": -1633.28, "totalFees": 5.12, "mae": -1633.28, "mfe": 1479.68, "duration": "P4D", "endTradeDrawdown": -3112.96, "isWin": null, "orderIds": [], "orders": []}, {"id": null, "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"}, "symbols": [], "direction": 0, "quantity": 521.0, "entryTime": "2023-11-14T21:00:00Z", "entryPrice": 185.81, "exitTime": "2023-12-27T21:00:00Z", "exitPrice": 207.67, "profitLoss": 11389.06, "totalFees": 5.21, "mae": -2360.13, "mfe": 11951.74, "duration": "P43D", "endTradeDrawdown": -562.68, "isWin": null, "orderIds": [], "orders": []}]}',1,'2.5.0.0.17000',1,'2026-11-25 15:00:47.156097');
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