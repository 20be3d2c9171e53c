namespace Spool.Local.Tests;

/// <summary>A disk on which, from one change of it on, nothing can be changed any more: what it holds is what a process leaves that dies
/// there.</summary>
/// <param name="inner">The disk.</param>
/// <param name="changes">How many changes still work.</param>
sealed class DyingFileSystem(IFileSystem inner, int changes) : IFileSystem
{
    /// <summary>Gets whether it died.</summary>
    public bool IsDead => changes < 0;

    public IWritableFile CreateNew(string path, string? model = null) => Change(() => new DyingFile(this, inner.CreateNew(path, model)));

    public IWritableFile Open(string path) => new DyingFile(this, inner.Open(path));

    public FileStamp? Stamp(string path) => inner.Stamp(path);

    public bool CreateFolder(string path) => Directory.Exists(path) ? inner.CreateFolder(path) : Change(() => inner.CreateFolder(path));

    public void Rename(string from, string to, RenameOver over) => Change(() => inner.Rename(from, to, over));

    public bool Delete(string path) => File.Exists(path) && Change(() => inner.Delete(path));

    public void SyncFolder(string path) => Change(() => inner.SyncFolder(path));

    public void SetModified(string path, DateTimeOffset time) => Change(() => inner.SetModified(path, time));

    public bool IsOnNetwork(string path) => inner.IsOnNetwork(path);

    void Change(Action action) =>
        Change(() =>
        {
            action();
            return true;
        });

    T Change<T>(Func<T> action)
    {
        if (changes <= 0)
        {
            changes = -1;
            throw new IOException("The process died.", 5);
        }
        changes--;
        return action();
    }

    sealed class DyingFile(DyingFileSystem files, IWritableFile inner) : IWritableFile
    {
        public FileStamp Stamp => inner.Stamp;

        public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            files.Change(() => inner.Append(copy));
        }

        public void SetLength(long length) => files.Change(() => inner.SetLength(length));

        public void Sync() => files.Change(inner.Sync);

        public void Dispose() => inner.Dispose();
    }
}
