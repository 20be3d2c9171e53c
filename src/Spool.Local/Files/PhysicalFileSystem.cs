namespace Spool;

/// <summary>The disk. On Linux files are opened so that every write goes to their end, whatever program writes them too.</summary>
/// <param name="home">The folder in which everything is made, and never itself: its owner gets what root makes. Null for folders anywhere,
/// which stay with the user that makes them.</param>
sealed class PhysicalFileSystem(string? home) : IFileSystem
{
    // NFS, SMB 1 and 2, CIFS, AFS, 9P, Ceph. What runs through FUSE cannot be told apart and is allowed.
    static readonly uint[] NetworkKinds = [0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x01021997, 0x00c36400];

    readonly PrivateFiles _new = new(home);

    /// <summary>Gets the disk as it belongs to the user of the process.</summary>
    public static PhysicalFileSystem Instance { get; } = new(null);

    /// <inheritdoc/>
    public IWritableFile CreateNew(string path, string? model = null)
    {
        if (!OperatingSystem.IsLinux())
            return PortableFile.Create(path, model);
        var file = _new.Create(path, LinuxCalls.ReadWrite | LinuxCalls.AppendOnly);
        try
        {
            if (model is not null)
                FileRights.Copy(model, file);
            return new LinuxFile(file);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <inheritdoc/>
    public IWritableFile Open(string path) =>
        OperatingSystem.IsLinux()
            ? new LinuxFile(
                RegularFile.Checked(LinuxCalls.Open(path, LinuxCalls.ReadWrite | LinuxCalls.AppendOnly | LinuxCalls.NonBlocking))
            )
            : PortableFile.Open(path);

    /// <inheritdoc/>
    public FileStamp? Stamp(string path) => FileStat.TryGet(path);

    /// <inheritdoc/>
    public bool CreateFolder(string path) => _new.CreateFolder(path, within: home);

    /// <inheritdoc/>
    public void Rename(string from, string to, RenameOver over)
    {
        if (over == RenameOver.Nothing && OperatingSystem.IsLinux())
            LinuxCalls.RenameWithoutReplacing(from, to);
        else
            File.Move(from, to, overwrite: over == RenameOver.Anything);
    }

    /// <inheritdoc/>
    public bool Delete(string path)
    {
        if (ForeignNames.Decode(path) is { } place)
            return ForeignNames.Delete(place);
        if (FileStat.KindOf(path) == PlaceKind.Nothing)
            return false;
        File.Delete(path);
        return true;
    }

    /// <inheritdoc/>
    public void SyncFolder(string path)
    {
        if (ForeignNames.Decode(path) is { } place)
            ForeignNames.SyncFolder(place);
        else if (OperatingSystem.IsLinux())
            LinuxCalls.SyncFolder(path);
    }

    /// <inheritdoc/>
    public void SetModified(string path, DateTimeOffset time) => File.SetLastWriteTimeUtc(path, time.UtcDateTime);

    /// <inheritdoc/>
    public bool IsOnNetwork(string path)
    {
        if (!OperatingSystem.IsLinux())
            return path.StartsWith(@"\\", StringComparison.Ordinal);
        for (var folder = path; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (LinuxCalls.FileSystemKind(folder) is { } kind)
                return NetworkKinds.Contains(kind);
        }
        return false;
    }
}
