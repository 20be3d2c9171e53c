using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;

namespace Spool.Cli;

/// <summary>A pager that runs: what is written to it is shown page by page.</summary>
/// <remarks>A person may leave it at any time; what is written then goes nowhere, and that is no error.</remarks>
sealed class Pager : IAsyncDisposable
{
    static readonly SearchValues<char> ShellSigns = SearchValues.Create("|&;<>()$`\\\"' \t\n*?[#~=%");

    readonly Process _process;
    readonly Paging _paging;

    Pager(Process process, Paging paging)
    {
        (_process, _paging) = (process, paging);
        Input = new BufferedStream(new Leavable(process.StandardInput.BaseStream), 64 * 1024);
        paging.Begin();
    }

    /// <summary>Gets where to write.</summary>
    public Stream Input { get; }

    /// <summary>Starts a pager.</summary>
    /// <param name="settings">Which one.</param>
    /// <param name="paging">Says while it runs that it does.</param>
    /// <returns>The pager, or null when there is no such program.</returns>
    public static Pager? Start(PagerSettings settings, Paging paging)
    {
        // A shell would start, and say itself that it finds nothing.
        var isPlain = settings.Command.AsSpan().IndexOfAny(ShellSigns) < 0;
        var start = new ProcessStartInfo(isPlain ? settings.Command : "/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        if (!isPlain)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(settings.Command);
        }
        foreach (var (name, value) in settings.Variables)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start) is { } process ? new Pager(process, paging) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Says that there is no more, and waits until the person has left the pager.</summary>
    public ValueTask DisposeAsync()
    {
        Input.Dispose();
        return EndAsync();
    }

    // A signal goes to the pager too, which decides for itself what it means; without the wait, the shell and it would both read keys.
    async ValueTask EndAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        _paging.End();
        _process.Dispose();
    }

    sealed class Leavable(Stream pipe) : Stream
    {
        bool _isLeft;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_isLeft)
                return;
            try
            {
                pipe.Write(buffer);
            }
            catch (IOException)
            {
                _isLeft = true;
            }
        }

        public override void Flush() { }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                try
                {
                    pipe.Dispose();
                }
                catch (IOException)
                {
                    _isLeft = true;
                }
            }
            base.Dispose(disposing);
        }
    }
}

/// <summary>Whether a pager, or another program that was started, has the terminal.</summary>
sealed class Paging
{
    volatile bool _isUnderWay;

    /// <summary>Gets whether one runs: then Ctrl-C is meant for it, and the program waits for its end.</summary>
    public bool IsUnderWay => _isUnderWay;

    /// <summary>One begins.</summary>
    public void Begin() => _isUnderWay = true;

    /// <summary>It has ended.</summary>
    public void End() => _isUnderWay = false;
}
