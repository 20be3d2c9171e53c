namespace Spool.Local.Tests;

/// <summary>The real disk, of which a test says what it refuses.</summary>
sealed class PretendDisk : IFileSystem
{
    readonly PhysicalFileSystem _disk = PhysicalFileSystem.Instance;

    public Exception? AppendFails { get; set; }

    /// <summary>How many bytes a failing append writes before it fails.</summary>
    public int BytesBeforeFailure { get; set; }

    public Exception? SyncFails { get; set; }

    public bool IsNetwork { get; set; }

    /// <summary>While it is not set no append goes on.</summary>
    public ManualResetEventSlim AppendsGoOn { get; } = new(true);

    public static IOException Full => new("full", 28);

    public static IOException Broken => new("broken", 5);

    public LocalThreadStore Open(TempHome home, int maxQueuedBytes = 1024 * 1024) =>
        LocalThreadStore.Open(
            new LocalThreadStoreOptions
            {
                Home = home.Path,
                CacheDirectory = home.Cache,
                MaxQueuedBytes = maxQueuedBytes,
            },
            this
        );

    public IWritableFile CreateNew(string path, string? model = null) => new PretendFile(this, _disk.CreateNew(path, model));

    public IWritableFile Open(string path) => new PretendFile(this, _disk.Open(path));

    public FileStamp? Stamp(string path) => _disk.Stamp(path);

    public bool CreateFolder(string path) => _disk.CreateFolder(path);

    public void Rename(string from, string to, RenameOver over) => _disk.Rename(from, to, over);

    public bool Delete(string path) => _disk.Delete(path);

    public void SyncFolder(string path) => _disk.SyncFolder(path);

    public void SetModified(string path, DateTimeOffset time) => _disk.SetModified(path, time);

    public bool IsOnNetwork(string path) => IsNetwork;

    sealed class PretendFile(PretendDisk disk, IWritableFile file) : IWritableFile
    {
        public FileStamp Stamp => file.Stamp;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            disk.AppendsGoOn.Wait();
            if (disk.AppendFails is { } failure)
            {
                file.Append(bytes[..Math.Min(bytes.Length, disk.BytesBeforeFailure)]);
                throw failure;
            }
            file.Append(bytes);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Sync()
        {
            if (disk.SyncFails is { } failure)
                throw failure;
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
