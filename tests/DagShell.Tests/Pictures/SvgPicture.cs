using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DagShell.Tests.Pictures;

/// <summary>A drawn picture, read back.</summary>
internal sealed partial class SvgPicture
{
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private SvgPicture(XElement root)
    {
        Nodes = [.. WithClass(root, "node")];
        Edges =
        [
            .. WithClass(root, "edge").Select(edge => (
                From: (int)edge.Attribute("data-from")!,
                To: (int)edge.Attribute("data-to")!,
                Points: PointsOf(edge.Elements(Svg + "path").First().Attribute("d")!.Value))),
        ];
        Boxes = [.. Nodes.Select(BoxOf)];
        Width = (double)root.Attribute("width")!;
        Height = (double)root.Attribute("height")!;
    }

    public double Width { get; }

    public double Height { get; }

    public IReadOnlyList<XElement> Nodes { get; }

    public IReadOnlyList<(double Left, double Top, double Right, double Bottom)> Boxes { get; }

    /// <summary>The edges, with points along each of them.</summary>
    public IReadOnlyList<(int From, int To, IReadOnlyList<(double X, double Y)> Points)> Edges { get; }

    public static SvgPicture Load(string path) => new(XDocument.Load(path).Root!);

    private static IEnumerable<XElement> WithClass(XElement root, string name) =>
        root.Descendants(Svg + "g").Where(group => ((string?)group.Attribute("class") ?? string.Empty).Split(' ').Contains(name));

    private static (double Left, double Top, double Right, double Bottom) BoxOf(XElement node)
    {
        double[] place = Numbers(node.Attribute("transform")!.Value);
        XElement box = node.Elements(Svg + "rect").Last();
        return (place[0], place[1], place[0] + (double)box.Attribute("width")!, place[1] + (double)box.Attribute("height")!);
    }

    private static List<(double X, double Y)> PointsOf(string path)
    {
        List<(double X, double Y)> points = [];
        foreach (Match command in Command().Matches(path))
        {
            double[] numbers = Numbers(command.Groups[2].Value);
            if (command.Groups[1].Value == "C")
            {
                (double X, double Y) from = points[^1];
                for (int step = 1; step <= 20; step++)
                {
                    double t = step / 20.0;
                    double u = 1 - t;
                    points.Add((At(from.X, 0), At(from.Y, 1)));

                    double At(double start, int axis) =>
                        (u * u * u * start) + (3 * u * u * t * numbers[axis]) + (3 * u * t * t * numbers[2 + axis])
                            + (t * t * t * numbers[4 + axis]);
                }
            }
            else
            {
                points.Add((numbers[0], numbers[1]));
            }
        }

        return points;
    }

    private static double[] Numbers(string text) =>
        [.. Number().Matches(text).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex("([MLC])([^MLC]*)")]
    private static partial Regex Command();

    [GeneratedRegex("-?[0-9.]+")]
    private static partial Regex Number();
}
