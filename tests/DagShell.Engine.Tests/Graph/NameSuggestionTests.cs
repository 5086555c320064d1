using CsCheck;
using DagShell.Engine.Graph;
using Xunit;

namespace DagShell.Engine.Tests.Graph;

public sealed class NameSuggestionTests
{
    [Theory]
    [InlineData("Trasform", "Transform")] // one left out
    [InlineData("Transsform", "Transform")] // one too many
    [InlineData("Tranzform", "Transform")] // another one
    [InlineData("Trasnform", "Transform")] // two exchanged
    [InlineData("TRASFORM", "Transform")] // case makes no difference
    [InlineData("Load", "Load")]
    [InlineData("LOAD", "Load")]
    [InlineData("Lo", null)] // two are missing, and of two letters only one may be wrong
    [InlineData("Publish", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string name, string? expected)
    {
        Assert.Equal(expected, NameSuggestion.Nearest(name, ["Extract", "Transform", "Load"]));
    }

    [Fact]
    public void A_third_of_the_name_may_be_wrong()
    {
        Assert.Equal("abcdef", NameSuggestion.Nearest("abcdxx", ["abcdef"]));
        Assert.Null(NameSuggestion.Nearest("abcxxx", ["abcdef"]));
        Assert.Equal("ab", NameSuggestion.Nearest("ax", ["ab"]));
    }

    [Fact]
    public void Of_a_long_name_six_letters_may_be_wrong()
    {
        string name = new('a', 60);

        Assert.Equal(name, NameSuggestion.Nearest(name[..54] + "bbbbbb", [name]));
        Assert.Null(NameSuggestion.Nearest(name[..53] + "bbbbbbb", [name]));
    }

    [Fact]
    public void One_letter_is_not_like_another()
    {
        Assert.Null(NameSuggestion.Nearest("x", ["a", "b", "ab", "xy"]));
    }

    [Fact]
    public void Of_two_as_near_the_first_is_taken()
    {
        Assert.Equal("node2", NameSuggestion.Nearest("node1", ["far away", "node2", "node3"]));
    }

    [Fact]
    public void A_nearer_one_is_taken_wherever_it_stands()
    {
        Assert.Equal("server-12", NameSuggestion.Nearest("server-21", ["server-33", "server-12", "server-22x"]));
    }

    [Theory]
    [InlineData("load", "loat", "LOAD")] // the same in another case, after one that is near
    [InlineData("x", "xy", "X")]
    [InlineData("server-1", "server-12", "SERVER-1")]
    [InlineData("abcdef", "abcdefgh", "abcdefg")] // two too many, and one
    [InlineData("server-x", "server-yz", "server-y")] // one other and one too many, and one other
    public void The_second_is_nearer(string name, string first, string second)
    {
        Assert.Equal(second, NameSuggestion.Nearest(name, [first, second]));
    }

    [Fact]
    public void Letters_too_many_before_a_right_one_count_once_each()
    {
        Assert.Equal("relea-xr", NameSuggestion.Nearest("relea-abxq", ["relea-xr"]));
    }

    [Fact]
    public void One_too_many_in_the_middle_counts_once_and_what_follows_it_does_not()
    {
        Assert.Equal("3abcdefgq4", NameSuggestion.Nearest("1abcdefg2", ["3abcdefgq4"]));
        Assert.Equal("1abcdefg2", NameSuggestion.Nearest("3abcdefgq4", ["1abcdefg2"]));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentNullException>("name", () => NameSuggestion.Nearest(null!, []));
        Assert.Throws<ArgumentNullException>("candidates", () => NameSuggestion.Nearest("a", null!));
        Assert.Null(NameSuggestion.Nearest("a", []));
    }

    [Fact]
    public void It_is_the_first_name_at_the_least_distance_computed_plainly()
    {
        Gen<string> name = Gen.Char["abcAB"].Array[0, 26].Select(letters => new string(letters));
        Gen.Select(name, name.Array[0, 6]).Sample((wanted, candidates) =>
        {
            int limit = Math.Min(Math.Clamp(wanted.Length / 3, 1, 6), wanted.Length - 1);
            string? expected = candidates
                .Where(candidate => PlainDistance(wanted, candidate) <= limit)
                .MinBy(candidate => PlainDistance(wanted, candidate));

            Assert.Same(expected, NameSuggestion.Nearest(wanted, candidates));
        });
    }

    private static int PlainDistance(string one, string other)
    {
        one = one.ToUpperInvariant();
        other = other.ToUpperInvariant();
        int[,] distance = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++)
        {
            for (int j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int cost = one[i - 1] == other[j - 1] ? 0 : 1;
                distance[i, j] = Math.Min(
                    distance[i - 1, j - 1] + cost,
                    Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
                }
            }
        }

        return distance[one.Length, other.Length];
    }
}
