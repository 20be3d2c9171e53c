namespace Spool;

/// <summary>A rollout that is made under a name that no program takes for a rollout, and gets its own name when it is whole and on the
/// disk.</summary>
/// <param name="tools">The home.</param>
/// <param name="path">The rollout's path in the home.</param>
sealed class UnpublishedRollout(ChangeTools tools, string path)
{
    string Final => tools.Layout.Absolute(path);

    string Unfinished => UnfinishedFiles.PathFor(Final);

    /// <summary>Writes everything, and puts it on the disk.</summary>
    /// <param name="write">Writes it.</param>
    public void Write(Action<IWritableFile> write)
    {
        try
        {
            tools.Files.CreateFolder(Path.GetDirectoryName(Final)!);
            tools.Files.Delete(Unfinished);
            using var file = tools.Files.CreateNew(Unfinished);
            write(file);
            file.Sync();
        }
        catch
        {
            Withdraw();
            throw;
        }
    }

    /// <summary>Gives it its name, which it may lose when the machine dies.</summary>
    public void GiveName()
    {
        try
        {
            tools.Files.Rename(Unfinished, Final, RenameOver.Nothing);
        }
        catch
        {
            Withdraw();
            throw;
        }
    }

    /// <summary>Puts its name on the disk. May wait for it, so no call does it that keeps others waiting.</summary>
    /// <returns>Its path in the home.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.OutcomeUnknown"/>: it has its name, and may lose it when the
    /// machine dies.</exception>
    public string KeepName()
    {
        try
        {
            RolloutFile.SyncFolders(tools.Files, tools.Layout, path);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            throw ThreadStoreException.OutcomeUnknown(
                $"The disk of the home failed when the new rollout {path} was there, so it is not known whether it stays. {DiskErrors.Translate(e).Message}",
                e
            );
        }
        return path;
    }

    /// <summary>Removes what was written under the other name.</summary>
    public void Withdraw()
    {
        try
        {
            tools.Files.Delete(Unfinished);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // It is in no one's way, and goes with the next lock of its thread.
        }
    }
}
