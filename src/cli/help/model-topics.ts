import type { Topic } from "./topic.ts";

/** Models: how they are trained, kept and used. */
export const modelTopics: readonly Topic[] = [
  {
    name: "models",
    summary: "train models, keep their versions, use them",
    lines: [
      "  kiwi train regime --data SPY-1d.csv --to 2020-01-01     a hidden Markov model of the regimes",
      "  kiwi train regime -p SPY -t 1d --states 2-5             BIC chooses the number of states",
      "  kiwi train all --data prices/ --if-due 30d              every kind of model, where 30 days are new",
      "  kiwi train boosted --data EURUSD-1h.csv --to 2016-01-01 up or down: boosted, forest, logistic, short-term, ...",
      "Models lie in .kiwi/models/NAME/VERSION.json; the first line of current is the version in use. The same bars, options,",
      "seed and code give the same model, on any number of threads (--jobs).",
      "A new version is put to use only if one trained like it finds bars that it was trained without at least as likely as",
      "the version in use does; else it is kept as a candidate.",
      "  kiwi model list    kiwi model show NAME[@VERSION]    kiwi model promote NAME VERSION    kiwi model rollback NAME",
      "  kiwi model evaluate NAME --data FILE   kiwi model compare NAME --data FILE   kiwi model drift NAME --data FILE",
      "  kiwi model export NAME --file net.onnx                  a model of direction for any ONNX runtime",
      "  kiwi model explain NAME --data FILE --at TIME           what a model says about a bar, and what it looked at",
      "  kiwi model trainings [ID]                               every training with its loss; KIWI_MLFLOW_URI tells MLflow too",
      "A strategy reads a model of direction, or a plug-in of the kind model, with prediction(NAME); the strategy",
      "follow-predictions trades what one says.",
      'Several as one: "models": { "mine": { "use": "ensemble", "members": [...] } }. The sizer confidence sizes by how sure a',
      "model is; predictionFilter asks one before any strategy enters. Paper and live serve the version in use at the start.",
      'A meta-strategy uses it by its name, regime: { use: "hmm-model", model: "regime-SPY-1d" }, or NAME@VERSION.',
      "MODEL_FROM_THE_FUTURE  the model was trained on what the run trades: begin later, or train it with an earlier --to.",
      "MODEL_LOOKS_AHEAD      its answer for a bar changes when later bars are there.",
      "MODEL_CHANGED          another version was put to use while a session started: start again.",
      "MODEL_OTHER_DATA       it belongs to another symbol, timeframe or set of bars.",
      "MODEL_NOTHING_NEW      there are no bars after its training to judge it on: add some, or walk forward with --folds.",
      "MODEL_DAMAGED          its file was changed or cut off. MODEL_NEWER: a newer Kiwi wrote it.",
    ],
  },
];
