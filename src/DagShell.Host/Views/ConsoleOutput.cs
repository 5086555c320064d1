using Spectre.Console;
using Spectre.Console.Rendering;

namespace DagShell.Host.Views;

/// <summary>
/// The only way to the console. Text goes above the live region, which is wiped before and drawn again after it.
/// Any thread may call any member: one lock covers the console.
/// </summary>
/// <param name="console">Where all goes but errors that were redirected.</param>
/// <param name="redirectedErrors">Where errors go when they do not go to the console.</param>
internal sealed class ConsoleOutput(IAnsiConsole console, TextWriter? redirectedErrors = null)
{
    private static readonly Style ErrorStyle = new(Color.Red);
    private static readonly Segment HideCursor = Segment.Control("\e[?25l");
    private static readonly Segment ShowCursor = Segment.Control("\e[?25h");

    private readonly Lock _gate = new();
    private readonly List<Segment> _unfinishedLine = [];
    private IReadOnlyList<SegmentLine> _region = [];
    private bool _midLine;
    private int _suspended;

    public IAnsiConsole Console => console;

    /// <summary>Writes text as it is: no wrapping, and escape sequences go through.</summary>
    public void Write(string text, Style? style = null)
    {
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        lock (_gate)
        {
            List<Segment> segments = [];
            for (int i = 0; i < lines.Length; i++)
            {
                if (i > 0)
                {
                    segments.AddRange([.. _unfinishedLine, Segment.LineBreak]);
                    _unfinishedLine.Clear();
                }

                if (lines[i].Length > 0)
                {
                    _unfinishedLine.Add(new Segment(lines[i], style ?? Style.Plain));
                }
            }

            // The live region takes whole lines only; without one, the rest of a line does not wait either.
            if (_region.Count == 0)
            {
                _midLine = _unfinishedLine.Count > 0 || (_midLine && lines.Length == 1);
                segments.AddRange(_unfinishedLine);
                _unfinishedLine.Clear();
            }

            Emit(segments);
        }
    }

    public void WriteLine(string text = "", Style? style = null) => Write(text + "\n", style);

    /// <summary>Writes a line to where errors go.</summary>
    public void WriteErrorLine(string text)
    {
        if (redirectedErrors is null)
        {
            WriteLine(text, ErrorStyle);
        }
        else
        {
            lock (_gate)
            {
                redirectedErrors.WriteLine(text);
            }
        }
    }

    /// <summary>Writes a table or the like on lines of its own.</summary>
    public void Write(IRenderable renderable)
    {
        lock (_gate)
        {
            EndLine();
            Emit(Segment.SplitLines(renderable.GetSegments(console)).SelectMany(line => line.Append(Segment.LineBreak)));
        }
    }

    /// <summary>Draws the live region, in place of what it was; each row is cut to one line. No rows: no region.</summary>
    public void DrawRegion(IReadOnlyCollection<IRenderable> rows)
    {
        lock (_gate)
        {
            if (_suspended > 0)
            {
                return;
            }

            Segment[] wipe = [.. WipeRegion()];
            bool had = _region.Count > 0;
            if (!had && rows.Count > 0)
            {
                EndLine();
            }

            _region = [.. rows.Take(console.Profile.Height - 1).Select(CutToLine)];
            Segment[] cursor = (had, _region.Count > 0) switch
            {
                (false, true) => [HideCursor],
                (true, false) => [ShowCursor],
                _ => [],
            };
            Send([.. wipe, .. cursor, .. RegionSegments()]);
            if (_region.Count == 0)
            {
                Write("");
            }
        }
    }

    /// <summary>Takes the live region away until the result is disposed of, for someone who reads from the keyboard.</summary>
    public IDisposable Suspend()
    {
        lock (_gate)
        {
            DrawRegion([]);
            _suspended++;
        }

        return new Suspension(this);
    }

    private void EndLine()
    {
        if (_midLine || _unfinishedLine.Count > 0)
        {
            Write("\n");
        }
    }

    private SegmentLine CutToLine(IRenderable row)
    {
        // Rendered as wide as it likes, so that nothing wraps; one cell stays free, where terminals differ on what comes next.
        IEnumerable<Segment> segments = row.Render(RenderOptions.Create(console), 10_000);
        return [.. Segment.Truncate(segments.Where(segment => !segment.IsLineBreak), Math.Max(1, console.Profile.Width - 1))];
    }

    private IEnumerable<Segment> WipeRegion() => _region.Count == 0 ? [] : [Segment.Control($"\r\e[{_region.Count}A\e[J")];

    private IEnumerable<Segment> RegionSegments() => _region.SelectMany(line => line.Append(Segment.LineBreak));

    private void Emit(IEnumerable<Segment> segments) => Send([.. WipeRegion(), .. segments, .. RegionSegments()]);

    private void Send(IReadOnlyCollection<Segment> segments)
    {
        if (segments.Count == 0)
        {
            return;
        }

        try
        {
            console.Write(new SegmentSequence(segments));
            console.Profile.Out.Writer.Flush();
        }
        catch (IOException)
        {
            // Whoever read it has gone, as in 'dagsh … | head'. The run goes on.
        }
    }

    /// <summary>Segments that are to be written as they are.</summary>
    private sealed class SegmentSequence(IReadOnlyCollection<Segment> segments) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }

    private sealed class Suspension(ConsoleOutput output) : IDisposable
    {
        public void Dispose()
        {
            lock (output._gate)
            {
                output._suspended--;
            }
        }
    }
}
