using System.Globalization;

namespace Spool.Benchmarks;

/// <summary>A table as Markdown, with its columns aligned so that a terminal shows it well too.</summary>
sealed class ResultTable(params string[] columns)
{
    readonly List<string[]> _rows = [columns];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Makes a table of durations with the ratio of each to a baseline: how many times faster it is.</summary>
    public static ResultTable Of(Samples baseline, params IEnumerable<Samples> all)
    {
        var table = new ResultTable("measured", "n", "median ms", "p95 ms", "best ms", $"faster than: {baseline.Name}");
        foreach (var samples in all)
            table.Add(
                samples.Name,
                Text(samples.Count),
                Text(samples.Median),
                Text(samples.Percentile(95)),
                Text(samples.Percentile(0)),
                samples == baseline ? "1" : Ratio(baseline.Median / samples.Median)
            );
        return table;
    }

    public static string Text(double value) =>
        value.ToString(
            Math.Abs(value) < 10 ? "0.000"
                : Math.Abs(value) < 100 ? "0.0"
                : "#,0",
            CultureInfo.InvariantCulture
        );

    public static string Text(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString(value < 10 ? "0.00x" : "#,0x", CultureInfo.InvariantCulture);

    public void Write(TextWriter output)
    {
        var widths = columns.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        for (var i = 0; i < _rows.Count; i++)
        {
            output.WriteLine(
                $"| {string.Join(" | ", _rows[i].Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |"
            );
            if (i == 0)
                output.WriteLine(
                    $"|{string.Join("|", widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":"))}|"
                );
        }
        output.WriteLine();
    }
}
