using System.Globalization;

namespace Spool;

/// <summary>What the name of a rollout says: <c>rollout-2026-11-22T16-48-43-THREAD[_ROLLOUT].jsonl[.zst]</c>.</summary>
/// <param name="ThreadId">The thread's id.</param>
/// <param name="Rollout">The rollout's own id: the second one of the name, else the thread's.</param>
/// <param name="Time">The time in the name, which is the writer's local time; here taken as UTC.</param>
/// <param name="IsDay">Whether the name says only the day, as in the first half of 2025: <c>rollout-2025-05-23-THREAD</c>.</param>
readonly record struct RolloutFileName(ThreadId ThreadId, ThreadId Rollout, DateTimeOffset Time, bool IsDay = false)
{
    const string Prefix = "rollout-";
    const int TimeLength = 19;
    const int DayLength = 10;
    const int IdLength = 36;

    /// <summary>The ending of a compressed rollout.</summary>
    public const string CompressedSuffix = ".jsonl.zst";

    /// <summary>The ending of a plain rollout.</summary>
    public const string PlainSuffix = ".jsonl";

    /// <summary>The ending of a rollout that is one JSON document.</summary>
    public const string DocumentSuffix = ".json";

    /// <summary>Says whether a file is meant to be a rollout: whatever the rest of its name, but for a document, whose name goes on with a
    /// day or a time and an id.</summary>
    public static bool IsRollout(ReadOnlySpan<char> name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && (IsLog(name) || IsCompressed(name) || IsDocument(name) && BeginsAsStem(name[Prefix.Length..^DocumentSuffix.Length]));

    /// <summary>Says whether the file is a log as it is written, to which lines can be added.</summary>
    public static bool IsLog(ReadOnlySpan<char> name) => name.EndsWith(PlainSuffix, StringComparison.Ordinal);

    /// <summary>Says whether the file is one JSON document.</summary>
    public static bool IsDocument(ReadOnlySpan<char> name) => name.EndsWith(DocumentSuffix, StringComparison.Ordinal);

    /// <summary>Says whether the file is compressed.</summary>
    public static bool IsCompressed(ReadOnlySpan<char> name) => name.EndsWith(CompressedSuffix, StringComparison.Ordinal);

    /// <summary>Gives the name without the ending of a compressed file, which a plain and a compressed copy share.</summary>
    public static string PlainName(string name) => IsCompressed(name) ? name[..^".zst".Length] : name;

    /// <summary>Reads a name.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out RolloutFileName result)
    {
        result = default;
        if (!IsRollout(name))
            return false;
        return TryParseStem(
            name[
                Prefix.Length..^(
                    IsCompressed(name) ? CompressedSuffix.Length
                    : IsDocument(name) ? DocumentSuffix.Length
                    : PlainSuffix.Length
                )
            ],
            out result
        );
    }

    // Copies and downloads get names with more behind the id: " (1)", "-copy".
    static bool BeginsAsStem(ReadOnlySpan<char> text) => BeginsAsStem(text, DayLength) || BeginsAsStem(text, TimeLength);

    static bool BeginsAsStem(ReadOnlySpan<char> text, int timeLength) =>
        text.Length > timeLength + IdLength && TryParseStem(text[..(timeLength + 1 + IdLength)], out _);

    static bool TryParseStem(ReadOnlySpan<char> stem, out RolloutFileName result)
    {
        result = default;
        var isDay = stem.Length == DayLength + 1 + IdLength;
        var timeLength = isDay ? DayLength : TimeLength;
        if (!isDay && stem.Length is not (TimeLength + 1 + IdLength) and not (TimeLength + 2 + 2 * IdLength) || stem[timeLength] != '-')
            return false;
        if (
            !DateTimeOffset.TryParseExact(
                stem[..timeLength],
                isDay ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH-mm-ss",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
        )
            return false;
        var ids = stem[(timeLength + 1)..];
        if (!ThreadId.TryParse(ids[..IdLength], out var threadId))
            return false;
        var rollout = threadId;
        if (ids.Length > IdLength && (ids[IdLength] != '_' || !ThreadId.TryParse(ids[(IdLength + 1)..], out rollout)))
            return false;
        result = new RolloutFileName(threadId, rollout, time, isDay);
        return true;
    }
}
