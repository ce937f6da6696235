import CEos
