using System.Management.Automation.Host;

namespace DagShell.Hosts;

/// <summary>
/// The window as the caller sees it, of a size and with colours of its own where the caller has none. A key is asked for as a line is.
/// </summary>
internal sealed class NodeRawUserInterface : PSHostRawUserInterface
{
    /// <summary>What PowerShell takes where there is no window.</summary>
    private static readonly Size UsualSize = new(120, 50);

    private readonly PSHostRawUserInterface? _caller;
    private readonly Func<ReadKeyOptions, KeyInfo> _readKey;

    /// <summary>Makes it.</summary>
    /// <param name="caller">That of the caller, who may have none.</param>
    /// <param name="readKey">Asks the caller for a key.</param>
    public NodeRawUserInterface(PSHostRawUserInterface? caller, Func<ReadKeyOptions, KeyInfo> readKey)
    {
        _caller = caller;
        _readKey = readKey;
    }

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor
    {
        get => Asked(static raw => raw.ForegroundColor, ConsoleColor.Gray);
        set => Tell(raw => raw.ForegroundColor = value);
    }

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor
    {
        get => Asked(static raw => raw.BackgroundColor, ConsoleColor.Black);
        set => Tell(raw => raw.BackgroundColor = value);
    }

    /// <inheritdoc/>
    public override Coordinates CursorPosition
    {
        get => Asked(static raw => raw.CursorPosition, default);
        set => Tell(raw => raw.CursorPosition = value);
    }

    /// <inheritdoc/>
    public override Coordinates WindowPosition
    {
        get => Asked(static raw => raw.WindowPosition, default);
        set => Tell(raw => raw.WindowPosition = value);
    }

    /// <inheritdoc/>
    public override int CursorSize
    {
        get => Asked(static raw => raw.CursorSize, 25);
        set => Tell(raw => raw.CursorSize = value);
    }

    /// <inheritdoc/>
    public override Size BufferSize
    {
        get => Asked(static raw => raw.BufferSize, UsualSize);
        set => Tell(raw => raw.BufferSize = value);
    }

    /// <inheritdoc/>
    public override Size WindowSize
    {
        get => Asked(static raw => raw.WindowSize, UsualSize);
        set => Tell(raw => raw.WindowSize = value);
    }

    /// <inheritdoc/>
    public override Size MaxWindowSize => Asked(static raw => raw.MaxWindowSize, UsualSize);

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => Asked(static raw => raw.MaxPhysicalWindowSize, UsualSize);

    /// <inheritdoc/>
    public override bool KeyAvailable => false;

    /// <inheritdoc/>
    public override string WindowTitle
    {
        get => Asked(static raw => raw.WindowTitle, string.Empty);
        set => Tell(raw => raw.WindowTitle = value);
    }

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options) => _readKey(options);

    /// <inheritdoc/>
    public override void FlushInputBuffer()
    {
        // What was typed is for the caller.
    }

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) =>
        Tell(raw => raw.SetBufferContents(origin, contents));

    /// <inheritdoc/>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => Tell(raw => raw.SetBufferContents(rectangle, fill));

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) =>
        Asked(raw => raw.GetBufferContents(rectangle), new BufferCell[0, 0]);

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        Tell(raw => raw.ScrollBufferContents(source, destination, clip, fill));

    private void Tell(Action<PSHostRawUserInterface> tell)
    {
        if (_caller is not null)
        {
            tell(_caller);
        }
    }

    private T Asked<T>(Func<PSHostRawUserInterface, T> ask, T otherwise) => _caller is null ? otherwise : ask(_caller);
}
