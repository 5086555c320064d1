using System.Diagnostics;

namespace DagShell.Tests.Hosting;

/// <summary>How long tests wait for what must come: no measure of speed, but the end of a test that hangs.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Looks again and again until something holds.</summary>
    public static void Until(Func<bool> holds, string what) => Until(holds, () => what);

    /// <summary>Looks again and again until something holds, but not so long that it comes to hold by itself.</summary>
    public static void Until(Func<bool> holds, string what, TimeSpan limit) => Until(holds, () => what, limit);

    /// <summary>Looks again and again until something holds.</summary>
    public static void Until(Func<bool> holds, Func<string> what) => Until(holds, what, Limit);

    private static void Until(Func<bool> holds, Func<string> what, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                Assert.Fail($"Waited in vain for {what()}");
            }

            Thread.Sleep(10);
        }
    }
}
