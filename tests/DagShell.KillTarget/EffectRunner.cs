using DagShell.Engine.Running;

namespace DagShell.KillTarget;

/// <summary>Runs nodes that each leave one more byte in a file of their own.</summary>
internal sealed class EffectRunner(SeededDag dag, string folder) : INodeRunner
{
    public void Start(NodeAttempt attempt) =>
        ThreadPool.QueueUserWorkItem(static call => call.Runner.Run(call.Attempt), (Runner: this, Attempt: attempt), preferLocal: false);

    public void Abandon(NodeAttempt attempt)
    {
    }

    private void Run(NodeAttempt attempt)
    {
        if (attempt.Node.Retry is not null && attempt.Number == 1)
        {
            attempt.Complete(AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "not yet")));
            return;
        }

        string output = dag.Output(attempt.Index, dependency => (string)attempt.OutputOf(dependency)!);
        File.AppendAllText(Path.Combine(folder, attempt.Node.Name), "x");
        Thread.Sleep(dag.Duration(attempt.Index));
        attempt.Complete(AttemptOutcome.Succeeded(output));
    }
}
