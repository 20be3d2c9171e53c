namespace Spool;

/// <summary>What a look at a home read of one folder, and knows of the files in it.</summary>
/// <param name="absolute">Its absolute path.</param>
/// <param name="found">What the system said of it before it was read, or null when it said nothing.</param>
sealed class WalkedFolder(string absolute, FolderFinding? found)
{
    const int FilesPerStep = 512;
    const long Tick = 20_000_000,
        CoarseTick = 2_000_000_000; // nanoseconds
    const long Second = 1_000_000_000;

    List<string> _unasked = [];

    // Of a folder that has just changed the next change may have the same stamp: disks take their times from a clock that ticks every 1 to
    // 10 ms, some every second or two.
    bool _tellsChanges = found is not { Stamp: var stamp } || Math.Abs(Now() - TimeOf(stamp)) > TickOf(stamp);

    /// <summary>Gets the paths in the home of the folders in it.</summary>
    public List<string> Folders { get; } = [];

    /// <summary>Gets the links to folders in it.</summary>
    public List<string> Links { get; } = [];

    /// <summary>Gets what has the name of a rollout.</summary>
    public List<string> Files { get; } = [];

    /// <summary>Gets what is listed and cannot be reached.</summary>
    public List<ScannedRollout> Unreachable { get; } = [];

    /// <summary>Gets what could not be read.</summary>
    public List<StoreProblem> Problems { get; } = [];

    /// <summary>Gets the files that the system was asked about and that were there.</summary>
    public List<ScannedRollout> Rollouts { get; private set; } = [];

    /// <summary>Gives the time of day, which is the disk's, in nanoseconds.</summary>
    public static long Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Says whether a folder that has a stamp now may have changed since a moment that has just been.</summary>
    /// <param name="stamp">Its stamp.</param>
    /// <param name="sinceNs">The moment.</param>
    public static bool MayHaveChanged(FileStamp stamp, long sinceNs) =>
        TimeOf(stamp) >= sinceNs - TickOf(stamp) && TimeOf(stamp) <= Now() + TickOf(stamp);

    /// <summary>Says whether what was read is still what the folder has.</summary>
    /// <param name="now">What the system says of it now.</param>
    public bool IsStill(FolderFinding? now) => _tellsChanges && found == now;

    /// <summary>Ends the reading: takes over what is known already of files that are still in the folder.</summary>
    /// <param name="before">What was read of it before, or null.</param>
    public void TakeOver(WalkedFolder? before)
    {
        var names = before is null ? null : Files.ToHashSet(StringComparer.Ordinal);
        Rollouts = before?.Rollouts.FindAll(rollout => names!.Remove(rollout.Path)) ?? [];
        _unasked = names is null ? Files : [.. names];
    }

    /// <summary>Gives what still has to be asked about its files, in parts of which each can run on a thread of its own.</summary>
    public IEnumerable<Step> Steps() => _unasked.Chunk(FilesPerStep).Select(files => new Step(this, absolute, files));

    // The time that no program can set, where there is one.
    static long TimeOf(FileStamp stamp) => stamp.ChangedNs > 0 ? stamp.ChangedNs : stamp.ModifiedNs;

    static long TickOf(FileStamp stamp) => TimeOf(stamp) % Second == 0 ? CoarseTick : Tick;

    /// <summary>Some of its files.</summary>
    public sealed class Step(WalkedFolder folder, string absolute, string[] files)
    {
        readonly FileStamp?[] _stamps = new FileStamp?[files.Length];

        /// <summary>Asks the system for their stamps.</summary>
        public void Run() => FileStat.GetAll(absolute, files, _stamps);

        /// <summary>Notes what was found. A file that is no longer there was deleted or moved, which is a reason to read the folder
        /// again.</summary>
        public void Note()
        {
            for (var i = 0; i < files.Length; i++)
            {
                if (_stamps[i] is { } stamp)
                {
                    folder.Rollouts.Add(new ScannedRollout(files[i], stamp));
                    continue;
                }
                var path = Path.Join(absolute, Path.GetFileName(files[i].AsSpan()));
                if (FileStat.TryGet(path) is { } now) // moved here at this moment, or the disk answers by now
                    folder.Rollouts.Add(new ScannedRollout(files[i], now));
                else if (ScannedRollout.OddAt(files[i], path) is { } odd)
                    folder.Rollouts.Add(odd);
                else
                    folder._tellsChanges = false;
            }
        }
    }
}
