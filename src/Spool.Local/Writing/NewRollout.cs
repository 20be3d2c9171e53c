using System.Globalization;

namespace Spool;

/// <summary>A rollout that does not exist yet. Nothing of it is on the disk before it is stored, and then all of it at once.</summary>
/// <param name="files">The disk.</param>
/// <param name="layout">The home.</param>
/// <param name="path">Its path in the home.</param>
/// <param name="sessionMeta">Its first item.</param>
/// <param name="ordinal">The ordinal of the first item, or null when lines carry none.</param>
/// <param name="git">What asks for the repository state.</param>
sealed class NewRollout(IFileSystem files, HomeLayout layout, string path, NewItem sessionMeta, long? ordinal, GitProbe git)
{
    /// <summary>Gets what asks for the repository state; the rollout can be stored when it is done.</summary>
    public GitProbe Git => git;

    /// <summary>Names a new rollout after the local time, as Codex does.</summary>
    public static string PathOf(ThreadId threadId, DateTimeOffset local) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{HomeLayout.Sessions}/{local:yyyy}/{local:MM}/{local:dd}/rollout-{local:yyyy-MM-dd'T'HH-mm-ss}-{threadId}{RolloutFileName.PlainSuffix}"
        );

    /// <summary>Gives the first line and what is queued, as they would be stored, for reading items back.</summary>
    public byte[] Preview(IEnumerable<WriteBatch> batches, long timestampMs)
    {
        using var bytes = new MemoryStream();
        bytes.Write(FirstLine(timestampMs));
        foreach (var batch in batches)
            bytes.Write(batch.Lines);
        return bytes.ToArray();
    }

    /// <summary>Stores the first item and the write batches behind it.</summary>
    /// <param name="batches">The lines behind the first.</param>
    /// <param name="timestampMs">The time of the first line.</param>
    /// <param name="isDurable">Whether it is to be on the disk on return.</param>
    /// <exception cref="WriteFault">It was not possible. Unless its end says otherwise nothing is stored.</exception>
    /// <remarks>
    /// If we die
    /// 1. before the rename: an unfinished file is left, which no program takes for a rollout. The next one who takes the thread's lock
    /// removes it.
    /// 2. after the rename: the thread is stored, whole.
    /// If the power fails before the folders are on the disk the rollout may have no name, which is why an append that asked for it is
    /// acknowledged only then.
    /// </remarks>
    public RolloutFile Store(List<WriteBatch> batches, long timestampMs, bool isDurable)
    {
        var final = layout.Absolute(path);
        var unfinished = UnfinishedFiles.PathFor(final);
        IWritableFile? file = null;
        try
        {
            files.CreateFolder(System.IO.Path.GetDirectoryName(final)!);
            files.Delete(unfinished);
            file = files.CreateNew(unfinished);
            file.Append(FirstLine(timestampMs));
            foreach (var batch in batches)
            {
                if (batch.Length > 0)
                    file.Append(batch.Lines);
            }
            if (isDurable)
                file.Sync();
            files.Rename(unfinished, final, RenameOver.Nothing);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            file?.Dispose();
            RemoveUnfinished(unfinished);
            throw !IsThere(final) ? WriteFault.Refused(e) : WriteFault.Lost("Another program stored the same thread.");
        }
        var stored = new RolloutFile(files, layout, path, file);
        try
        {
            if (isDurable)
            {
                RolloutFile.SyncFolders(files, layout, path);
                stored.NoteSynced();
            }
            return stored;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            stored.Dispose();
            throw WriteFault.Unknown(e);
        }
    }

    bool IsThere(string final)
    {
        try
        {
            return files.Stamp(final) is not null;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            return false; // the disk answers nothing; what it said before stands
        }
    }

    void RemoveUnfinished(string unfinished)
    {
        try
        {
            files.Delete(unfinished);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // It is in no one's way, and removed later.
        }
    }

    byte[] FirstLine(long timestampMs)
    {
        var item = git.Result is { } state ? sessionMeta with { Payload = GitProbe.AddTo(sessionMeta.Payload, state) } : sessionMeta;
        return [.. RolloutLine.ToArray(item, DateTimeOffset.FromUnixTimeMilliseconds(timestampMs), ordinal), (byte)'\n'];
    }
}
