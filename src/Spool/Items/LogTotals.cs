using System.Globalization;

namespace Spool;

/// <summary>What the lines of a log amount to.</summary>
public sealed record LogTotals
{
    /// <summary>Gets how many lines there are, blank ones not counted: so many items.</summary>
    public long Lines { get; init; }

    /// <summary>Gets how many blank lines there are.</summary>
    public long BlankLines { get; init; }

    /// <summary>Gets how many lines are not exactly one JSON object in UTF-8.</summary>
    public long DamagedLines { get; init; }

    /// <summary>Gets the number of the first of them in the file, from 1; 0 when there is none.</summary>
    public long FirstDamagedLine { get; init; }

    /// <summary>Gets how many of them hold no record that can be read.</summary>
    public long LostLines { get; init; }

    /// <summary>Gets how many of them hold more or less than one record, and whole ones among it.</summary>
    public long MixedLines { get; init; }

    /// <summary>Gets whether the first line is in UTF-16.</summary>
    public bool IsUtf16 { get; init; }

    /// <summary>Gets the ordinal that the next line has for readers if it carries none.</summary>
    public long NextOrdinal { get; init; }

    /// <summary>Gets the ordinal that the next item gets when it is appended. It differs from the other only behind damage.</summary>
    public long AppendOrdinal { get; init; }

    /// <summary>Gets the first time of any record, in milliseconds since 1970.</summary>
    public long? FirstRecordAtMs { get; init; }

    /// <summary>Says in one sentence which lines are damaged, or null when none is.</summary>
    public string? Damage() =>
        DamagedLines == 0 ? null
        : IsUtf16 ? "The log is in UTF-16 and not in UTF-8, from its first line on; convert the file to read it."
        : MixedLines == 0 ? string.Create(CultureInfo.InvariantCulture, $"{DamagedLines} of {Lines} lines could not be read; the first is line {FirstDamagedLine}.")
        : string.Create(CultureInfo.InvariantCulture, $"{DamagedLines} of {Lines} lines are not one record each; the first is line {FirstDamagedLine}, and the whole records in them are used.");
}
