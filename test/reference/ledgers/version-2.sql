PRAGMA application_id = 1851880291;
PRAGMA user_version = 2;
CREATE TABLE runs (
  entry INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'failed')),
  configuration TEXT NOT NULL,
  versions TEXT NOT NULL
) STRICT;
CREATE TABLE claims (
  run TEXT PRIMARY KEY REFERENCES runs (id),
  connection TEXT NOT NULL,
  host TEXT NOT NULL,
  machine TEXT NOT NULL,
  process INTEGER NOT NULL,
  started TEXT,
  since INTEGER NOT NULL
) STRICT;
CREATE TABLE events (
  run TEXT NOT NULL REFERENCES runs (id),
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE candidates (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id),
  candidate INTEGER NOT NULL,
  architecture TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  multiply_adds INTEGER NOT NULL,
  UNIQUE (run, candidate)
) STRICT;
CREATE TABLE scores (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  candidate INTEGER NOT NULL,
  metric TEXT NOT NULL,
  settings TEXT NOT NULL,
  seed REAL NOT NULL,
  batch TEXT NOT NULL,
  engine TEXT NOT NULL,
  version TEXT NOT NULL,
  value REAL,
  failure TEXT,
  shared_with INTEGER,
  seconds REAL NOT NULL,
  CHECK ((value IS NULL) <> (failure IS NULL)),
  UNIQUE (run, candidate, metric, settings, seed, batch, engine, version),
  FOREIGN KEY (run, candidate) REFERENCES candidates (run, candidate),
  FOREIGN KEY (run, shared_with) REFERENCES candidates (run, candidate)
) STRICT;
CREATE TABLE evaluations (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  candidate INTEGER NOT NULL,
  stage TEXT NOT NULL,
  recipe TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed')),
  failure TEXT,
  seconds REAL NOT NULL DEFAULT 0,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, candidate) REFERENCES candidates (run, candidate)
) STRICT;
CREATE TABLE measures (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  better TEXT NOT NULL CHECK (better IN ('higher', 'lower')),
  unit TEXT,
  UNIQUE (run, evaluation, name),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;
CREATE TABLE epochs (
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  learning_rate REAL NOT NULL,
  train_loss REAL NOT NULL,
  train_accuracy REAL NOT NULL,
  validation_loss REAL NOT NULL,
  validation_accuracy REAL NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run, evaluation, epoch),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  tensors BLOB NOT NULL,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;
CREATE TABLE weights (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  tensors BLOB NOT NULL,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;
CREATE TABLE predictions (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  batch TEXT NOT NULL,
  labels TEXT NOT NULL,
  logits BLOB NOT NULL,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;
CREATE TABLE artifacts (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  candidate INTEGER NOT NULL,
  evaluation INTEGER NOT NULL,
  format TEXT NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  checked TEXT,
  created INTEGER NOT NULL,
  UNIQUE (run, path),
  FOREIGN KEY (run, candidate) REFERENCES candidates (run, candidate),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;
CREATE TABLE study_runs (
  key TEXT PRIMARY KEY,
  result TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE study_scores (
  key TEXT NOT NULL,
  architecture TEXT NOT NULL,
  value REAL,
  failure TEXT,
  seconds REAL NOT NULL,
  PRIMARY KEY (key, architecture),
  CHECK ((value IS NULL) <> (failure IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO runs VALUES (1, '5e8c7ca8', 1795266659677, 'interrupted', '{"space":"nas-bench-201","spaceOptions":{},"scoreSkeleton":{"channels":16,"cells":5},"trainSkeleton":{"channels":16,"cells":1,"inputShape":[3,32,32]},"data":"synthetic","sampler":"random","samplerOptions":{},"metric":"activation-overlap","count":10,"train":2,"recipe":{"epochs":2,"batchSize":64,"optimizer":"sgd","learningRate":0.1,"momentum":0.9,"nesterov":true,"weightDecay":0.0005,"schedule":"cosine","warmupEpochs":0,"labelSmoothing":0,"augmentation":{"crop":4,"flip":true,"cutout":0}},"retrainEpochs":0,"scoreBatch":64,"seed":7,"engine":"reference","formats":["onnx"],"output":"out"}', '{"nascent":"0.1.0","node":"20.20.2"}');
INSERT INTO events VALUES ('5e8c7ca8', 1, 1795266659679, 'candidate-scored', '{"type":"candidate-scored","candidate":1,"architecture":"|cell~1|","metric":"activation-overlap","value":101.25,"seconds":0.125,"parameters":1001,"multiplyAdds":5000000000}');
INSERT INTO events VALUES ('5e8c7ca8', 2, 1795266659679, 'candidate-scored', '{"type":"candidate-scored","candidate":2,"architecture":"|cell~2|","metric":"activation-overlap","failure":"the overlap matrix is singular","seconds":0.125,"parameters":1002,"multiplyAdds":5000000000}');
INSERT INTO events VALUES ('5e8c7ca8', 3, 1795266659680, 'training-started', '{"type":"training-started","evaluation":1,"candidate":1,"architecture":"|cell~1|","stage":"train","epochs":2,"fromEpoch":0}');
INSERT INTO events VALUES ('5e8c7ca8', 4, 1795266659680, 'epoch', '{"type":"epoch","evaluation":1,"candidate":1,"epoch":1,"learningRate":0.1,"trainLoss":2,"trainAccuracy":0.25,"validationLoss":2.1,"validationAccuracy":0.2,"seconds":1.5}');
INSERT INTO events VALUES ('5e8c7ca8', 5, 1795266659680, 'training-started', '{"type":"training-started","evaluation":2,"candidate":2,"architecture":"|cell~2|","stage":"train","epochs":2,"fromEpoch":0}');
INSERT INTO events VALUES ('5e8c7ca8', 6, 1795266659681, 'evaluation-finished', '{"type":"evaluation-finished","evaluation":2,"candidate":2,"measures":{"validationAccuracy":{"value":0.75,"better":"higher"}},"seconds":4}');
INSERT INTO events VALUES ('5e8c7ca8', 7, 1795266659681, 'exported', '{"type":"exported","candidate":2,"evaluation":2,"format":"onnx","path":"/out/best.onnx","sha256":"abababababababababababababababababababababababababababababababab","check":{"agreeing":2,"of":2,"largestLogitDifference":0}}');
INSERT INTO candidates VALUES (1, '5e8c7ca8', 1, '|cell~1|', 1001, 5000000000);
INSERT INTO candidates VALUES (2, '5e8c7ca8', 2, '|cell~2|', 1002, 5000000000);
INSERT INTO scores VALUES (1, '5e8c7ca8', 1, 'activation-overlap', '{"norm":"batch","layers":[1,2]}', 7.0, 'train-first-64', 'reference', '1', 101.25, NULL, NULL, 0.125);
INSERT INTO scores VALUES (2, '5e8c7ca8', 2, 'activation-overlap', '{"norm":"batch","layers":[1,2]}', 7.0, 'train-first-64', 'reference', '1', NULL, 'the overlap matrix is singular', NULL, 0.125);
INSERT INTO evaluations VALUES (1, '5e8c7ca8', 1, 1, 'train', '{"epochs":2,"batchSize":64,"optimizer":"sgd","learningRate":0.1,"momentum":0.9,"nesterov":true,"weightDecay":0.0005,"schedule":"cosine","warmupEpochs":0,"labelSmoothing":0,"augmentation":{"crop":4,"flip":true,"cutout":0}}', 'running', NULL, 0.0);
INSERT INTO evaluations VALUES (2, '5e8c7ca8', 2, 2, 'train', '{"epochs":2,"batchSize":64,"optimizer":"sgd","learningRate":0.1,"momentum":0.9,"nesterov":true,"weightDecay":0.0005,"schedule":"cosine","warmupEpochs":0,"labelSmoothing":0,"augmentation":{"crop":4,"flip":true,"cutout":0}}', 'finished', NULL, 4.0);
INSERT INTO measures VALUES (1, '5e8c7ca8', 2, 'validationAccuracy', 0.75, 'higher', NULL);
INSERT INTO epochs VALUES ('5e8c7ca8', 1, 1, 0.1, 2.0, 0.25, 2.1, 0.2, 1.5);
INSERT INTO checkpoints VALUES (1, '5e8c7ca8', 1, 1, X'4E545352640000005B7B226E616D65223A227374656D2E776569676874222C226474797065223A22666C6F61743332222C227368617065223A5B322C325D7D2C7B226E616D65223A227374657073222C226474797065223A22696E743332222C227368617065223A5B5D7D5D0000C03F00000080C8AA20000000E04001000000');
INSERT INTO weights VALUES (1, '5e8c7ca8', 2, X'4E545352640000005B7B226E616D65223A227374656D2E776569676874222C226474797065223A22666C6F61743332222C227368617065223A5B322C325D7D2C7B226E616D65223A227374657073222C226474797065223A22696E743332222C227368617065223A5B5D7D5D0000C03F00000080C8AA20000000E040FDFFFFFF');
INSERT INTO predictions VALUES (1, '5e8c7ca8', 2, 'validation-first-2', '[0,1]', X'0000003F000080BE0000803F00000040');
INSERT INTO artifacts VALUES (1, '5e8c7ca8', 2, 2, 'onnx', '/out/best.onnx', 'abababababababababababababababababababababababababababababababab', '{"agreeing":2,"of":2,"largestLogitDifference":0}', 1795266659681);
INSERT INTO study_runs VALUES ('run of a study', '{"order":[3,1,2],"scored":2,"scoringSeconds":0.75,"seconds":0.5,"fits":1}');
INSERT INTO study_scores VALUES ('scores of a study', '|cell~1|', 12.5, NULL, 0.25);
INSERT INTO study_scores VALUES ('scores of a study', '|cell~2|', NULL, 'not finite', 0.5);
