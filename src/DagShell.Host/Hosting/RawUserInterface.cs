using System.Management.Automation.Host;

namespace DagShell.Host.Hosting;

/// <summary>Sizes and colours. The rest of what a console window can do is of no use to a host that only runs scripts.</summary>
internal sealed class RawUserInterface(Func<Size> size) : PSHostRawUserInterface
{
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Coordinates CursorPosition
    {
        get => default;
        set => throw NotSupported();
    }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override Size BufferSize
    {
        get => size();
        set => throw NotSupported();
    }

    public override Size WindowSize
    {
        get => BufferSize;
        set => throw NotSupported();
    }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override string WindowTitle { get; set; } = "dagsh";

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw NotSupported();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NotSupported();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw NotSupported();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw NotSupported();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NotSupported();

    private static NotSupportedException NotSupported() => new("dagsh does not give scripts the console window.");
}
