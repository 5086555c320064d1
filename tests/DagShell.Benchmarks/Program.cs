using DagShell.Benchmarks;

return Suites.Run(args);
