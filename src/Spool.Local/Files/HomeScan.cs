namespace Spool;

/// <summary>A rollout as the folders show it.</summary>
/// <param name="Path">The path in the home, with <c>/</c>.</param>
/// <param name="Stamp">Its stamp.</param>
/// <param name="Trouble">Why it cannot be read at all, in one sentence, or null. Its stamp is then one for which
/// <see cref="FileStamp.IsNone"/> holds.</param>
readonly record struct ScannedRollout(string Path, FileStamp Stamp, string? Trouble = null)
{
    const long Minute = 60_000;
    const long Hour = 60 * Minute;

    /// <summary>Gets the file name.</summary>
    public ReadOnlySpan<char> Name => System.IO.Path.GetFileName(Path.AsSpan());

    /// <summary>Gets whether the rollout is in the archive.</summary>
    public bool IsArchived => Path.StartsWith(HomeLayout.Archived, StringComparison.Ordinal);

    /// <summary>Gets the latest time at which the thread can have been created, in milliseconds since 1970, as far as the name
    /// tells.</summary>
    /// <remarks>
    /// An id of version 7 is made just before the thread, with a UTC clock; the time in the name is local. The id is believed when the two
    /// differ by no more than a time zone, which is a multiple of a quarter of an hour.
    /// </remarks>
    public long LatestCreationMs
    {
        get
        {
            if (!RolloutFileName.TryParse(Name, out var name))
                return long.MaxValue;
            // In milliseconds, because the last of the times that a name can hold has none behind it.
            var named = name.Time.ToUnixTimeMilliseconds();
            return name.ThreadId.CreatedAt?.ToUnixTimeMilliseconds() is { } made && IsZone(named - made)
                ? made + 10 * Minute
                : named + (name.IsDay ? 50 : 26) * Hour;
        }
    }

    /// <summary>Gives what is at a path where a folder lists a rollout, and none is; null when nothing is there by now, or a
    /// file.</summary>
    /// <param name="path">The path in the home.</param>
    /// <param name="absolute">The same path.</param>
    /// <param name="isCertain">Whether the system has to say what it is.</param>
    public static ScannedRollout? OddAt(string path, string absolute, bool isCertain = false) =>
        FileStat.KindOf(absolute) is var kind && (IsOdd(kind) || !isCertain && kind == PlaceKind.Unknown)
            ? new ScannedRollout(path, FileStamp.OfNoFile(kind), TroubleOf(kind))
            : null;

    /// <summary>Says what is in the place of a rollout and no file, or null when it is a file, nothing, or not known.</summary>
    public static string? OddityOf(string absolute) => FileStat.KindOf(absolute) is var kind && IsOdd(kind) ? TroubleOf(kind) : null;

    static bool IsOdd(PlaceKind kind) => kind is PlaceKind.Folder or PlaceKind.Special or PlaceKind.DanglingLink;

    static string TroubleOf(PlaceKind kind) =>
        kind switch
        {
            PlaceKind.Folder => "There is a folder in the place of the rollout.",
            PlaceKind.DanglingLink => "The rollout is a link that leads nowhere.",
            PlaceKind.Special => RegularFile.Reason,
            _ => "The rollout cannot be asked about; check the permissions of its folder, and its disk.",
        };

    static bool IsZone(long offset) => Math.Abs(offset) <= 15 * Hour && (offset + 15 * Hour + 2 * Minute) % (15 * Minute) < 5 * Minute;
}

/// <summary>Everything a look at the folders of a home found.</summary>
/// <param name="Rollouts">The rollouts.</param>
/// <param name="Problems">Folders that could not be read, as paths in the home; nothing is known about what is below them.</param>
sealed record HomeScan(IReadOnlyList<ScannedRollout> Rollouts, IReadOnlyList<StoreProblem> Problems);
