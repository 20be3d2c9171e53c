namespace Spool.Cli;

/// <summary>A column of a table. Its cells are safe to show and on one line.</summary>
/// <param name="Title">The title.</param>
/// <param name="Cells">The cells.</param>
/// <param name="Ink">How the cells look on a coloured terminal.</param>
sealed record TextColumn(string Title, IReadOnlyList<string> Cells, CellInk Ink)
{
    int? _width;

    /// <summary>Gets whether the cells are numbers, which stand at the right on a terminal.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Gets the width of the widest cell.</summary>
    public int Width => _width ??= Math.Max(CellText.Width(Title), Cells.Count == 0 ? 0 : Cells.Max(CellText.Width));

    /// <summary>Cuts the cells to a width.</summary>
    public TextColumn Fit(int width, Func<string, int, string> cut) =>
        Width <= width ? this : new(Title, [.. Cells.Select(cell => cut(cell, width))], Ink) { IsNumber = IsNumber };
}

/// <summary>Colours a cell.</summary>
delegate string CellInk(Ink ink, string text);

/// <summary>The ways in which cells look.</summary>
static class CellInks
{
    /// <summary>As the terminal has it.</summary>
    public static string Plain(Ink ink, string text) => text;

    /// <summary>Less important.</summary>
    public static string Dim(Ink ink, string text) => ink.Dim(text);

    /// <summary>Worth a look.</summary>
    public static string Yellow(Ink ink, string text) => ink.Yellow(text);
}
