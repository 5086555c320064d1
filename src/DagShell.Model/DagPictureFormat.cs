namespace DagShell;

/// <summary>What Export-Dag can write a dag as.</summary>
public enum DagPictureFormat
{
    /// <summary>A Mermaid flow chart: .mmd, .mermaid.</summary>
    Mermaid,

    /// <summary>The language of Graphviz: .dot, .gv.</summary>
    Dot,

    /// <summary>A drawing: .svg.</summary>
    Svg,

    /// <summary>A page that pans, zooms and follows edges: .html, .htm.</summary>
    Html,

    /// <summary>Nodes and edges for other programs: .json.</summary>
    Json,
}
