namespace Spool.Local.Tests;

/// <summary>A disk on which something else happens, once, just before a call.</summary>
/// <param name="inner">The disk.</param>
/// <param name="beforeFolder">What happens before the next folder is made, as it is whenever a lock is taken; or null.</param>
/// <param name="beforeRename">What happens before the next file is renamed; or null.</param>
sealed class InterruptedFileSystem(IFileSystem inner, Action? beforeFolder = null, Action? beforeRename = null) : IFileSystem
{
    Action? _beforeFolder = beforeFolder;
    Action? _beforeRename = beforeRename;

    public IWritableFile CreateNew(string path, string? model = null) => inner.CreateNew(path, model);

    public IWritableFile Open(string path) => inner.Open(path);

    public FileStamp? Stamp(string path) => inner.Stamp(path);

    public bool CreateFolder(string path)
    {
        Interlocked.Exchange(ref _beforeFolder, null)?.Invoke();
        return inner.CreateFolder(path);
    }

    public void Rename(string from, string to, RenameOver over)
    {
        Interlocked.Exchange(ref _beforeRename, null)?.Invoke();
        inner.Rename(from, to, over);
    }

    public bool Delete(string path) => inner.Delete(path);

    public void SyncFolder(string path) => inner.SyncFolder(path);

    public void SetModified(string path, DateTimeOffset time) => inner.SetModified(path, time);

    public bool IsOnNetwork(string path) => inner.IsOnNetwork(path);
}
