namespace Spool;

/// <summary>Rollouts that a failed barrier left in doubt: what the system shows of them and what is on the disk may differ, and every later
/// barrier of the same file may say that all is well. A mark beside the rollout says so to its next writer, which first makes a copy
/// that is certain.</summary>
/// <remarks>The mark is only needed as long as the machine runs. After a restart there is no difference any more, and a copy more does no
/// harm.</remarks>
static class DoubtfulRollouts
{
    const int BlockBytes = 256 * 1024;

    /// <summary>Marks a rollout, as far as the failing disk lets us.</summary>
    public static void Mark(IFileSystem files, string rollout)
    {
        try
        {
            if (files.Stamp(MarkOf(rollout)) is null)
                files.CreateNew(MarkOf(rollout)).Dispose();
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // A disk that takes no file at all is most likely not written again before it was mended and mounted anew.
        }
    }

    /// <summary>Puts a copy, byte for byte and certainly on the disk, in the place of a rollout that is marked.</summary>
    /// <remarks>
    /// If we die
    /// 1. before the rename: the rollout is as it was and still marked; an unfinished file is left, which is removed later.
    /// 2. after it: the copy is in its place, and marked; the next one copies it again.
    /// </remarks>
    /// <exception cref="IOException">The disk still refuses. Nothing has changed.</exception>
    public static void Renew(IFileSystem files, string rollout)
    {
        if (files.Stamp(MarkOf(rollout)) is null || files.Stamp(rollout) is not { } stamp)
            return;
        var unfinished = UnfinishedFiles.PathFor(rollout);
        files.Delete(unfinished);
        using (var source = files.Open(rollout))
        using (var copy = files.CreateNew(unfinished, rollout))
        {
            var block = new byte[BlockBytes];
            for (var offset = 0L; source.Read(block, offset) is > 0 and var read; offset += read)
                copy.Append(block.AsSpan(0, read));
            copy.Sync();
        }
        files.SetModified(unfinished, DateTimeOffset.UnixEpoch.AddTicks(stamp.ModifiedNs / 100));
        files.Rename(unfinished, rollout, RenameOver.Anything);
        files.SyncFolder(Path.GetDirectoryName(rollout)!);
        files.Delete(MarkOf(rollout));
    }

    /// <summary>Gives the path of a rollout's mark.</summary>
    public static string MarkOf(string rollout) => Path.Join(Path.GetDirectoryName(rollout), $".{Path.GetFileName(rollout)}.doubtful");
}
