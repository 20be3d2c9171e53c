namespace Spool;

public sealed partial class LocalThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckUsable(cancellationToken);
        var head = NewLog.Check(request.ThreadId, request.SessionMeta, _options.MaxItemBytes!.Value);
        return await _ongoing
            .RunAsync(change => _opening.CreateAsync(request, head, change.Token), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.OnDamage);
        ThrowIfDisposed();
        return await _ongoing.RunAsync(change => _opening.ResumeAsync(request, change.Token), cancellationToken).ConfigureAwait(false);
    }
}
