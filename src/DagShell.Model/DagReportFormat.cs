namespace DagShell;

/// <summary>What Export-DagRun can write a run as.</summary>
public enum DagReportFormat
{
    /// <summary>A page with the timeline, the graph, a table and the errors: .html, .htm.</summary>
    Html,

    /// <summary>Everything that is known of the run, for other programs: .json.</summary>
    Json,

    /// <summary>A row a node, for spreadsheets: .csv.</summary>
    Csv,

    /// <summary>The timeline as trace events, for Perfetto and chrome://tracing: .trace.json.</summary>
    Trace,

    /// <summary>A test case a node, as CI systems show test results: .xml.</summary>
    JUnit,
}
