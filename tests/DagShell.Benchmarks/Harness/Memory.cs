namespace DagShell.Benchmarks.Harness;

internal static class Memory
{
    /// <summary>The bytes that are reachable now.</summary>
    public static long Retained()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
