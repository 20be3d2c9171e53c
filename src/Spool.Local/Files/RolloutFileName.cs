using System.Globalization;

namespace Spool;

/// <summary>What the name of a rollout says: <c>rollout-2026-11-22T16-48-43-THREAD[_ROLLOUT].jsonl[.zst]</c>.</summary>
/// <param name="Thread">The thread's id.</param>
/// <param name="Rollout">The rollout's own id: the second one of the name, else the thread's.</param>
/// <param name="Time">The time in the name, which is the writer's local time; here taken as UTC.</param>
readonly record struct RolloutFileName(ThreadId Thread, ThreadId Rollout, DateTimeOffset Time)
{
    const string Prefix = "rollout-";
    const int TimeLength = 19;
    const int IdLength = 36;

    /// <summary>The ending of a compressed rollout.</summary>
    public const string CompressedSuffix = ".jsonl.zst";

    /// <summary>The ending of a plain rollout.</summary>
    public const string PlainSuffix = ".jsonl";

    /// <summary>Says whether a file is meant to be a rollout, whatever the rest of its name.</summary>
    public static bool IsRollout(ReadOnlySpan<char> name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && (name.EndsWith(PlainSuffix, StringComparison.Ordinal) || name.EndsWith(CompressedSuffix, StringComparison.Ordinal));

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
        var stem = name[Prefix.Length..^(IsCompressed(name) ? CompressedSuffix.Length : PlainSuffix.Length)];
        if (stem.Length is not (TimeLength + 1 + IdLength) and not (TimeLength + 2 + 2 * IdLength) || stem[TimeLength] != '-')
            return false;
        if (!DateTimeOffset.TryParseExact(stem[..TimeLength], "yyyy-MM-dd'T'HH-mm-ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return false;
        var ids = stem[(TimeLength + 1)..];
        if (!ThreadId.TryParse(ids[..IdLength], out var thread))
            return false;
        var rollout = thread;
        if (ids.Length > IdLength && (ids[IdLength] != '_' || !ThreadId.TryParse(ids[(IdLength + 1)..], out rollout)))
            return false;
        result = new RolloutFileName(thread, rollout, time);
        return true;
    }
}
