namespace Spool;

/// <summary>A rollout as the folders show it.</summary>
/// <param name="Path">The path in the home, with <c>/</c>.</param>
/// <param name="Stamp">Its stamp.</param>
readonly record struct ScannedRollout(string Path, FileStamp Stamp)
{
    const long QuarterHour = 15 * TimeSpan.TicksPerMinute;

    /// <summary>Gets the file name.</summary>
    public ReadOnlySpan<char> Name => System.IO.Path.GetFileName(Path.AsSpan());

    /// <summary>Gets whether the rollout is in the archive.</summary>
    public bool IsArchived => Path.StartsWith(HomeLayout.Archived, StringComparison.Ordinal);

    /// <summary>Gets the latest time at which the thread can have been created, in milliseconds since 1970, as far as the name tells.</summary>
    /// <remarks>
    /// An id of version 7 is made just before the thread, with a UTC clock; the time in the name is local. The id is believed when the two differ
    /// by no more than a time zone, which is a multiple of a quarter of an hour.
    /// </remarks>
    public long LatestCreationMs
    {
        get
        {
            if (!RolloutFileName.TryParse(Name, out var name))
                return long.MaxValue;
            var zone = name.Time - name.Thread.CreatedAt;
            return zone is { } offset && offset.Duration() <= TimeSpan.FromHours(15) && ((offset + TimeSpan.FromHours(15) + TimeSpan.FromMinutes(2)).Ticks % QuarterHour) < 5 * TimeSpan.TicksPerMinute
                ? (name.Thread.CreatedAt!.Value + TimeSpan.FromMinutes(10)).ToUnixTimeMilliseconds()
                : (name.Time + TimeSpan.FromHours(26)).ToUnixTimeMilliseconds();
        }
    }
}

/// <summary>Everything a look at the folders of a home found.</summary>
/// <param name="Rollouts">The rollouts.</param>
/// <param name="UnreadableFolders">Folders, as paths in the home, that could not be read; nothing is known about what is below them.</param>
sealed record HomeScan(IReadOnlyList<ScannedRollout> Rollouts, IReadOnlyList<string> UnreadableFolders);
