namespace Spool;

/// <summary>A disk whose failures say which file or folder of the home they are about: the system says only what is wrong.</summary>
/// <param name="inner">The disk.</param>
/// <param name="layout">The home.</param>
sealed class NamingFileSystem(IFileSystem inner, HomeLayout layout) : IFileSystem
{
    /// <inheritdoc/>
    public IWritableFile CreateNew(string path, string? model = null) =>
        About(path, () => new NamedFile(this, path, inner.CreateNew(path, model)));

    /// <inheritdoc/>
    public IWritableFile Open(string path) => About(path, () => new NamedFile(this, path, inner.Open(path)));

    /// <inheritdoc/>
    public FileStamp? Stamp(string path)
    {
        try
        {
            return inner.Stamp(path);
        }
        catch (Exception e) when (Note(e, path))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public bool CreateFolder(string path) => About(path, () => inner.CreateFolder(path), isFolder: true);

    /// <inheritdoc/>
    public void Rename(string from, string to, RenameOver over)
    {
        try
        {
            inner.Rename(from, to, over);
        }
        catch (Exception e) when (Note(e, FileStat.KindOf(from) == PlaceKind.File ? to : from))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Delete(string path) => About(path, () => inner.Delete(path));

    /// <inheritdoc/>
    public void SyncFolder(string path) => About(path, () => Done(() => inner.SyncFolder(path)), isFolder: true);

    /// <inheritdoc/>
    public void SetModified(string path, DateTimeOffset time) => About(path, () => Done(() => inner.SetModified(path, time)));

    /// <inheritdoc/>
    public bool IsOnNetwork(string path) => inner.IsOnNetwork(path);

    T About<T>(string path, Func<T> work, bool isFolder = false)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (Note(e, path, isFolder))
        {
            throw;
        }
    }

    static bool Done(Action work)
    {
        work();
        return true;
    }

    bool Note(Exception e, string path, bool isFolder = false)
    {
        DiskErrors.NotePlace(e, layout, path, isFolder);
        return false; // the exception goes on as it is
    }

    // An append is the hot path: nothing is allocated for it.
    sealed class NamedFile(NamingFileSystem files, string path, IWritableFile inner) : IWritableFile
    {
        public FileStamp Stamp => inner.Stamp;

        public int Read(Span<byte> buffer, long offset)
        {
            try
            {
                return inner.Read(buffer, offset);
            }
            catch (Exception e) when (files.Note(e, path))
            {
                throw;
            }
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            try
            {
                inner.Append(bytes);
            }
            catch (Exception e) when (files.Note(e, path))
            {
                throw;
            }
        }

        public void SetLength(long length)
        {
            try
            {
                inner.SetLength(length);
            }
            catch (Exception e) when (files.Note(e, path))
            {
                throw;
            }
        }

        public void Sync()
        {
            try
            {
                inner.Sync();
            }
            catch (Exception e) when (files.Note(e, path))
            {
                throw;
            }
        }

        public void Dispose() => inner.Dispose();
    }
}
