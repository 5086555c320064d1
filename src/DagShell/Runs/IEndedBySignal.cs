namespace DagShell.Runs;

/// <summary>What a signal that ends the process ends first.</summary>
internal interface IEndedBySignal
{
    /// <summary>Has it stop, because the process is to end. Called on another thread.</summary>
    void StopBeforeExit();

    /// <summary>Waits until all that it keeps is written, but no longer than that may take.</summary>
    void WaitForEnd();
}
