using System.Globalization;
using System.Text;

namespace Spool.Cli;

/// <summary>Shows stored items as a table: what each is, and how its payload begins.</summary>
/// <param name="screen">On a terminal the table fits its width.</param>
/// <param name="clock">The clock.</param>
sealed class ItemTable(Screen screen, TimeProvider clock)
{
    const int MaxExcerpt = 200;
    const int Gap = 2;

    public void Write(Stream output, IReadOnlyList<RolloutItem> items)
    {
        if (items.Count == 0)
            return;
        TextColumn[] columns =
        [
            new("ORDINAL", [.. items.Select(item => item.Ordinal.ToString(CultureInfo.InvariantCulture))], CellInks.Dim),
            new("TIME", [.. items.Select(item => item.Timestamp is { } time ? Times.Local(time, clock) : "")], CellInks.Dim),
            new("TYPE", [.. items.Select(TypeOf)], CellInks.Plain),
            new("BYTES", [.. items.Select(item => item.Length.ToString(CultureInfo.InvariantCulture))], CellInks.Plain),
            new("PAYLOAD", [.. items.Select(Excerpt)], CellInks.Dim),
        ];
        var table = new TextTable(screen);
        var free = screen.Width - 1;
        foreach (var column in columns)
        {
            if (!screen.IsTerminal)
            {
                table.Add(column);
                continue;
            }
            // Columns that no longer fit are left out, from the right, but for the first one.
            if (column != columns[0] && free < Math.Min(column.Width, column == columns[^1] ? 8 : column.Width))
                break;
            table.Add(column == columns[0] ? column : column.Fit(free, CellText.Fit));
            free -= column.Width + Gap;
        }
        table.Write(output);
    }

    static string TypeOf(RolloutItem item) =>
        item.Type is not { } type ? "(unreadable)" : SafeText.OneLine(item.PayloadType is { } payload ? $"{type}/{payload}" : type, 60);

    static string Excerpt(RolloutItem item)
    {
        var bytes = (item.Payload.IsEmpty ? item.Bytes : item.Payload).Span;
        return SafeText.OneLine(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MaxExcerpt * 4)]), MaxExcerpt);
    }
}
