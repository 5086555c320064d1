using System.Text;
using DagShell.Engine.Analysis;

namespace DagShell.Pictures.Reports;

/// <summary>Knows the formats of reports: by the names of files, and how to write each.</summary>
public static class RunReportFile
{
    /// <summary>Of more runs than these the newest are shown beside one another.</summary>
    public const int MostRunsOfHistory = HistoryPageWriter.MostRuns;

    /// <summary>The format that a file's name stands for.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The format; null if its extension stands for none.</returns>
    public static DagReportFormat? FormatOf(string path) => path.ToLowerInvariant() switch
    {
        var name when name.EndsWith(".trace.json", StringComparison.Ordinal) => DagReportFormat.Trace,
        var name when name.EndsWith(".json", StringComparison.Ordinal) => DagReportFormat.Json,
        var name when name.EndsWith(".csv", StringComparison.Ordinal) => DagReportFormat.Csv,
        var name when name.EndsWith(".html", StringComparison.Ordinal) => DagReportFormat.Html,
        var name when name.EndsWith(".htm", StringComparison.Ordinal) => DagReportFormat.Html,
        var name when name.EndsWith(".xml", StringComparison.Ordinal) => DagReportFormat.JUnit,
        _ => null,
    };

    /// <summary>Writes several runs beside one another, as a page.</summary>
    /// <param name="runs">The runs, in any order.</param>
    /// <param name="stream">Where to; it is left open.</param>
    /// <param name="older">How many older ones there are besides, which are only counted.</param>
    public static void WriteHistory(IReadOnlyList<RunSnapshot> runs, Stream stream, int older = 0)
    {
        using StreamWriter text = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        HistoryPageWriter.Write(runs, text, older);
    }

    /// <summary>Writes a report.</summary>
    /// <param name="run">The run.</param>
    /// <param name="format">As what.</param>
    /// <param name="stream">Where to; it is left open.</param>
    public static void Write(RunSnapshot run, DagReportFormat format, Stream stream)
    {
        switch (format)
        {
            case DagReportFormat.Json:
                RunJsonWriter.Write(run, stream);
                break;
            case DagReportFormat.JUnit:
                RunJUnitWriter.Write(run, stream);
                break;
            case DagReportFormat.Trace:
                TraceWriter.Write(run, stream);
                break;
            default:
                using (StreamWriter text = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true))
                {
                    if (format == DagReportFormat.Csv)
                    {
                        RunCsvWriter.Write(run, text);
                    }
                    else
                    {
                        RunPageWriter.Write(run, text);
                    }
                }

                break;
        }
    }
}
