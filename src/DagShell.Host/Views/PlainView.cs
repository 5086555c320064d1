namespace DagShell.Host.Views;

/// <summary>Lines for logs and pipes: one for each node as it ends, and now and then one for the progress.</summary>
internal sealed class PlainView(ConsoleOutput output, ProgressBoard board, TimeProvider clock) : IRunView
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private string _lastProgress = "";
    private long? _lastProgressTime;

    public void Progressed()
    {
        lock (_gate)
        {
            if (_lastProgressTime is { } last && clock.GetElapsedTime(last) < ProgressInterval)
            {
                return;
            }

            string progress = string.Join("; ", board.Rows().Where(row => row.Depth == 0).Select(Line));
            if (progress.Length == 0 || progress == _lastProgress)
            {
                return;
            }

            _lastProgress = progress;
            _lastProgressTime = clock.GetTimestamp();
            output.WriteLine(progress);
        }
    }

    public void Finished(NodeResult result)
    {
        string effort = result.Attempts switch
        {
            0 => "",
            1 => $" ({result.DurationText})",
            _ => $" ({result.DurationText}, {result.Attempts} attempts)",
        };
        string detail = result.Status == "Succeeded" || result.Detail.Length == 0 ? "" : $": {result.Detail}";
        output.WriteLine($"{result.Status,-9} {result.Name}{effort}{detail}");
    }

    public void Follow(Task run) => Task.WaitAny(run);

    private static string Line(ProgressRow row)
    {
        string percent = row.Percent >= 0 ? $" {row.Percent}%" : "";
        return $"{row.Activity}: {row.Status}{percent}";
    }
}
