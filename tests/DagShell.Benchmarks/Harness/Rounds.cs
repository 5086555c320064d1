namespace DagShell.Benchmarks.Harness;

/// <summary>
/// Measures contenders in rounds: in each round every one of them once, in turn. A machine that is slow for a while is then
/// slow for all, and the ratios of a round hold.
/// </summary>
internal sealed class Rounds
{
    private readonly IReadOnlyList<Contender> _contenders;
    private readonly double[][] _measurements;

    private Rounds(IReadOnlyList<Contender> contenders, double[][] measurements)
    {
        _contenders = contenders;
        _measurements = measurements;
    }

    /// <summary>Measures.</summary>
    /// <param name="count">The rounds that count.</param>
    /// <param name="warmUps">Rounds before them that do not.</param>
    /// <param name="contenders">What to measure.</param>
    public static Rounds Measure(int count, int warmUps, IReadOnlyList<Contender> contenders)
    {
        double[][] measurements = [.. contenders.Select(_ => new double[count])];
        for (int round = -warmUps; round < count; round++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                double measurement = contenders[i].Measure();
                if (round >= 0)
                {
                    measurements[i][round] = measurement;
                }
            }
        }

        return new Rounds(contenders, measurements);
    }

    /// <summary>The median of a contender's measurements.</summary>
    public double Median(string name) => Statistics.Median(Of(name));

    /// <summary>The lowest of a contender's measurements: what noise adds to, and never takes from.</summary>
    public double Lowest(string name) => Of(name).Min();

    /// <summary>The median of the ratios of two contenders, round by round.</summary>
    public double Ratio(string name, string other) => Statistics.Median(Of(name).Zip(Of(other), static (one, two) => one / two));

    /// <summary>The median of the differences of two contenders, round by round.</summary>
    public double Difference(string name, string other) => Statistics.Median(Of(name).Zip(Of(other), static (one, two) => one - two));

    private double[] Of(string name)
    {
        for (int i = 0; i < _contenders.Count; i++)
        {
            if (_contenders[i].Name == name)
            {
                return _measurements[i];
            }
        }

        throw new ArgumentException($"Nothing called '{name}' was measured.", nameof(name));
    }
}
