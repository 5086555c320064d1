using System.Collections;

namespace DagShell.Checkpoints;

/// <summary>A list whose items are made each time they are looked at: of very many no more than one is there at a time.</summary>
/// <param name="count">How many there are.</param>
/// <param name="make">Makes one.</param>
internal sealed class MadeList<T>(int count, Func<int, T> make) : IReadOnlyList<T>
{
    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public T this[int index] => make(index);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (int index = 0; index < count; index++)
        {
            yield return make(index);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
