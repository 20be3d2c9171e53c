using System.Globalization;

namespace Spool.Storage;

/// <summary>What the lines of a log amount to.</summary>
public sealed record LogTotals
{
    /// <summary>Gets how many lines there are, blank ones not counted: so many items.</summary>
    public long Lines { get; init; }

    /// <summary>Gets how many blank lines there are.</summary>
    public long BlankLines { get; init; }

    /// <summary>Gets how many lines are not exactly one JSON object in UTF-8, those above the size limit not counted.</summary>
    public long DamagedLines { get; init; }

    /// <summary>Gets the number of the first of them in the file, from 1; 0 when there is none.</summary>
    public long FirstDamagedLine { get; init; }

    /// <summary>Gets how many lines hold no record that can be read.</summary>
    public long LostLines { get; init; }

    /// <summary>Gets how many damaged lines hold more or less than one record, and whole ones among it.</summary>
    public long MixedLines { get; init; }

    /// <summary>Gets how many lines are above the size limit of the reader, which has only their beginnings.</summary>
    public long CutLines { get; init; }

    /// <summary>Gets the number of the first of them in the file, from 1; 0 when there is none.</summary>
    public long FirstCutLine { get; init; }

    /// <summary>Gets whether the first line is in UTF-16.</summary>
    public bool IsUtf16 { get; init; }

    /// <summary>Gets how many records of a paginated log are missing between records that are whole, as their ordinals tell.</summary>
    public long MissingRecords { get; init; }

    /// <summary>Gets the ordinal of the first of them; 0 when there is none.</summary>
    public long FirstMissing { get; init; }

    /// <summary>Gets the ordinal of the last of those that are missing at the same place as the first.</summary>
    public long LastMissing { get; init; }

    /// <summary>Gets the number of the line in the file, from 1, before which they are missing; 0 when there is none.</summary>
    public long LineAfterMissing { get; init; }

    /// <summary>Gets whether the last line that could tell is a damaged one: then what is missing before the next one was in it.</summary>
    public bool IsBehindDamage { get; init; }

    /// <summary>Gets the ordinal that the next line has for readers if it carries none.</summary>
    public long NextOrdinal { get; init; }

    /// <summary>Gets the ordinal that the next item gets when it is appended. It differs from the other only behind damage.</summary>
    public long AppendOrdinal { get; init; }

    /// <summary>Gets the first time of any record.</summary>
    public DateTimeOffset? FirstRecordAt { get; init; }

    /// <summary>Gets whether no line is damaged or above the size limit, and no record missing.</summary>
    public bool IsWhole => DamagedLines == 0 && CutLines == 0 && MissingRecords == 0;

    /// <summary>Says in one sentence which lines are damaged or above the size limit and which records are missing, or null when none
    /// is.</summary>
    public string? Damage()
    {
        if (IsUtf16)
            return "The log is in UTF-16 and not in UTF-8, from its first line on; convert the file to read it.";
        string? damaged =
            DamagedLines == 0 ? null
            : MixedLines == 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{DamagedLines} of {Lines} lines could not be read; the first is line {FirstDamagedLine}"
                )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{DamagedLines} of {Lines} lines are not one record each; the first is line {FirstDamagedLine}, and the whole records in them are used"
            );
        string? cut =
            CutLines == 0
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{CutLines} of {Lines} lines are above the size limit; the first is line {FirstCutLine}, and only their beginnings are used and shown (an export of jsonl has them whole)"
                );
        var said = string.Join("; besides, ", new[] { damaged, cut, Missing() }.OfType<string>());
        return said.Length == 0 ? null : char.ToUpperInvariant(said[0]) + said[1..] + ".";
    }

    string? Missing()
    {
        if (MissingRecords == 0)
            return null;
        var first =
            FirstMissing == LastMissing
                ? string.Create(CultureInfo.InvariantCulture, $"record {FirstMissing} is missing before line {LineAfterMissing}")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"records {FirstMissing} to {LastMissing} are missing before line {LineAfterMissing}"
                );
        var more = MissingRecords - (LastMissing - FirstMissing + 1);
        return more == 0 ? first : string.Create(CultureInfo.InvariantCulture, $"{first}, and {more} more further on");
    }
}
