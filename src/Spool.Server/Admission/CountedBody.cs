using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Spool.Remote;

namespace Spool.Server;

/// <summary>The body of a request whose bytes are counted from the moment they are received: a message that is not there to its end costs memory as well.</summary>
/// <param name="body">The body.</param>
/// <param name="limits">What counts.</param>
/// <param name="span">When bytes stop counting.</param>
sealed class CountedBody(PipeReader body, CallLimits limits, CountSpan span) : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    ReadOnlySequence<byte> _read;
    long _held;
    long _counted;

    PipeReader IRequestBodyPipeFeature.Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Count(await body.ReadAsync(cancellationToken).ConfigureAwait(false));

    public override bool TryRead(out ReadResult result)
    {
        if (!body.TryRead(out result))
            return false;
        Count(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var done = _read.Slice(0, consumed).Length;
        _held -= done;
        if (span == CountSpan.UntilRead)
        {
            _counted -= done;
            limits.Remove(done);
        }
        _read = default;
        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    /// <summary>Takes everything off that still counts.</summary>
    public void Dispose()
    {
        limits.Remove(_counted);
        _counted = 0;
    }

    ReadResult Count(ReadResult result)
    {
        _read = result.Buffer;
        var more = _read.Length - _held;
        if (!limits.TryAdd(more))
            throw WireErrors.Busy("Too many bytes are under way; try again later.");
        _counted += more;
        _held += more;
        return result;
    }
}

/// <summary>How long received bytes count.</summary>
enum CountSpan
{
    /// <summary>Until the call ends, for a call whose message is at work that long.</summary>
    UntilTheEnd,

    /// <summary>Until they were read, for a stream.</summary>
    UntilRead,
}
