using Spectre.Console;

namespace Spool.Cli;

/// <summary>A column of a table. Its cells are safe to show and on one line.</summary>
/// <param name="Title">The title.</param>
/// <param name="Cells">The cells.</param>
/// <param name="Style">How the cells look on a coloured terminal.</param>
sealed record TextColumn(string Title, IReadOnlyList<string> Cells, Style Style)
{
    /// <summary>Gets the width of the widest cell.</summary>
    public int Width { get; } = Math.Max(CellText.Width(Title), Cells.Count == 0 ? 0 : Cells.Max(CellText.Width));

    /// <summary>Cuts the cells to a width.</summary>
    public TextColumn Fit(int width, Func<string, int, string> cut) => Width <= width ? this : this with { Cells = [.. Cells.Select(cell => cut(cell, width))] };
}
