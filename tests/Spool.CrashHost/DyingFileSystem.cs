using System.Diagnostics;

namespace Spool.CrashHost;

/// <summary>A file system in which the process dies at a chosen step: before it, after it, or in the middle of a write, where a signal from
/// outside seldom hits.</summary>
/// <param name="inner">Does the work.</param>
/// <param name="dieAt">The number of the step, from 1.</param>
/// <param name="random">Decides at which point of the step.</param>
sealed class DyingFileSystem(IFileSystem inner, int dieAt, Random random) : IFileSystem
{
    // How long the process stays at the step before it dies: whoever is told of something too early has the time to say so.
    static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(100);

    int _steps;

    public IWritableFile CreateNew(string path, string? model = null) => Step(() => new DyingFile(this, inner.CreateNew(path, model)));

    public IWritableFile Open(string path) => new DyingFile(this, inner.Open(path));

    public FileStamp? Stamp(string path) => inner.Stamp(path);

    public bool CreateFolder(string path) => Step(() => inner.CreateFolder(path));

    public void Rename(string from, string to, RenameOver over) => Step(() => inner.Rename(from, to, over));

    public bool Delete(string path) => Step(() => inner.Delete(path));

    public void SyncFolder(string path) => Step(() => inner.SyncFolder(path));

    public void SetModified(string path, DateTimeOffset time) => Step(() => inner.SetModified(path, time));

    public bool IsOnNetwork(string path) => inner.IsOnNetwork(path);

    void Step(Action action) =>
        Step(() =>
        {
            action();
            return true;
        });

    T Step<T>(Func<T> action)
    {
        if (Interlocked.Increment(ref _steps) != dieAt)
            return action();
        if (random.Next(2) == 0)
            Die();
        action();
        return Die<T>();
    }

    static void Die() => Die<bool>();

    static T Die<T>()
    {
        Thread.Sleep(Hold);
        using var self = Process.GetCurrentProcess();
        self.Kill(); // SIGKILL: nothing runs after it, no finally and no handler
        Thread.Sleep(Timeout.Infinite);
        return default!;
    }

    sealed class DyingFile(DyingFileSystem files, IWritableFile inner) : IWritableFile
    {
        public FileStamp Stamp => inner.Stamp;

        public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (Interlocked.Increment(ref files._steps) != files.DieAt)
            {
                inner.Append(bytes);
                return;
            }
            inner.Append(bytes[..files.Part(bytes.Length)]);
            Die();
        }

        public void SetLength(long length) => files.Step(() => inner.SetLength(length));

        public void Sync() => files.Step(inner.Sync);

        public void Dispose() => inner.Dispose();
    }

    int DieAt => dieAt;

    int Part(int length) => random.Next(4) == 0 ? length : random.Next(length + 1);
}
