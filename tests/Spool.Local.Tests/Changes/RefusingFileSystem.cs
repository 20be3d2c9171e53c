namespace Spool.Local.Tests;

/// <summary>A disk that is full for one rename.</summary>
/// <param name="inner">The disk.</param>
/// <param name="renames">The number of the rename, from 1.</param>
sealed class RefusingFileSystem(IFileSystem inner, int renames) : IFileSystem
{
    int _left = renames;

    public IWritableFile CreateNew(string path, string? model = null) => inner.CreateNew(path, model);

    public IWritableFile Open(string path) => inner.Open(path);

    public FileStamp? Stamp(string path) => inner.Stamp(path);

    public bool CreateFolder(string path) => inner.CreateFolder(path);

    public void Rename(string from, string to, RenameOver over)
    {
        if (--_left == 0)
            throw new IOException("The test lets this fail.", 28);
        inner.Rename(from, to, over);
    }

    public bool Delete(string path) => inner.Delete(path);

    public void SyncFolder(string path) => inner.SyncFolder(path);

    public void SetModified(string path, DateTimeOffset time) => inner.SetModified(path, time);

    public bool IsOnNetwork(string path) => inner.IsOnNetwork(path);
}
