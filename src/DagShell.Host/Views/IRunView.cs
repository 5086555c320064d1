namespace DagShell.Host.Views;

/// <summary>Shows a run while it goes on.</summary>
internal interface IRunView
{
    /// <summary>Progress has changed. Called on any thread.</summary>
    void Progressed();

    /// <summary>A node has come to its end. Called on the pipeline's thread.</summary>
    void Finished(NodeResult result);

    /// <summary>Draws until the run is over. Called on the main thread, which draws and does nothing else.</summary>
    void Follow(Task run);
}
