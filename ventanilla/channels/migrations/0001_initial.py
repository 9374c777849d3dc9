import django.db.models.deletion
import uuid
import ventanilla.privacy.sealing.fields
from django.db import migrations, models

from ventanilla.lib.new_tables import NewTables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('hubs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed_under', models.UUIDField(db_index=True, editable=False)),
                ('kind', models.CharField(max_length=30, verbose_name='kind')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='public address')),
                ('config', models.JSONField(blank=True, default=dict)),
                ('secrets', ventanilla.privacy.sealing.fields.SealedJSON(blank=True, null=True)),
                ('state', models.CharField(choices=[('draft', 'Being set up'), ('open', 'Open'), ('paused', 'Paused: receives, does not send'), ('closed', 'Closed')], default='draft', max_length=10, verbose_name='state')),
                ('answers_automatically', models.BooleanField(default=True, verbose_name='automatic answers')),
                ('paused_until', models.DateTimeField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, choices=[('window-closed', 'More than 24 hours have passed: only an approved template can be sent.'), ('blocked', 'The person has blocked this line.'), ('gone', 'This number or account does not exist any more.'), ('no-opt-in', 'The person has not agreed to be written to on this channel.'), ('rate-limited', 'The provider asks us to slow down. It is tried again by itself.'), ('provider-down', 'The provider does not answer. It is tried again by itself.'), ('not-allowed', 'The provider does not accept our key: the coordinator must renew it.'), ('refused', 'The provider refuses this message.'), ('too-long', 'The message is too long for this channel.'), ('unsupported', 'This channel cannot carry this kind of file.'), ('too-large', 'The file is too large for this channel.'), ('file-gone', 'The file was deleted, or could harm a computer: it is not sent.'), ('not-scanned', 'The file cannot be checked for viruses now. It is tried again by itself.'), ('expired', 'It could not be sent for a whole day and is not tried any more.'), ('unsure', 'The connection broke while sending: it may have arrived. Send again only if needed.')], max_length=20)),
                ('listener', models.CharField(blank=True, max_length=64)),
                ('listener_until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('hub', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='hubs.hub')),
            ],
            options={
                'verbose_name': 'channel',
                'verbose_name_plural': 'channels',
            },
        ),
        migrations.CreateModel(
            name='Correspondence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lane', models.CharField(max_length=64)),
                ('last_inbound_at', models.DateTimeField(blank=True, null=True)),
                ('opted_in_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('last_position', models.BigIntegerField(default=0)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='correspondences', to='channels.channel')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'lane'), name='correspondence_once')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.CharField(max_length=200)),
                ('token', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('sent', 'Sent'), ('delivered', 'Delivered'), ('read', 'Read'), ('failed', 'Not delivered')], max_length=10)),
                ('problem', models.CharField(blank=True, choices=[('window-closed', 'More than 24 hours have passed: only an approved template can be sent.'), ('blocked', 'The person has blocked this line.'), ('gone', 'This number or account does not exist any more.'), ('no-opt-in', 'The person has not agreed to be written to on this channel.'), ('rate-limited', 'The provider asks us to slow down. It is tried again by itself.'), ('provider-down', 'The provider does not answer. It is tried again by itself.'), ('not-allowed', 'The provider does not accept our key: the coordinator must renew it.'), ('refused', 'The provider refuses this message.'), ('too-long', 'The message is too long for this channel.'), ('unsupported', 'This channel cannot carry this kind of file.'), ('too-large', 'The file is too large for this channel.'), ('file-gone', 'The file was deleted, or could harm a computer: it is not sent.'), ('not-scanned', 'The file cannot be checked for viruses now. It is tried again by itself.'), ('expired', 'It could not be sent for a whole day and is not tried any more.'), ('unsure', 'The connection broke while sending: it may have arrived. Send again only if needed.')], max_length=20)),
                ('at', models.DateTimeField()),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delivery_notes', to='channels.channel')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'provider_id', 'state'), name='delivery_noted_once')],
            },
        ),
        migrations.CreateModel(
            name='Inbound',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed_under', models.UUIDField(db_index=True, editable=False)),
                ('external_id', models.CharField(max_length=200)),
                ('lane', models.CharField(max_length=64)),
                ('whole', models.CharField(blank=True, max_length=64)),
                ('payload', ventanilla.privacy.sealing.fields.SealedJSON(blank=True, null=True)),
                ('sent_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('filed_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(blank=True, null=True)),
                ('stuck_at', models.DateTimeField(blank=True, null=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inbound', to='channels.channel')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('filed_at', None), ('stuck_at', None)), fields=['received_at', 'id'], name='inbound_waiting'), models.Index(condition=models.Q(('filed_at', None), models.Q(('whole', ''), _negated=True)), fields=['channel', 'whole'], name='inbound_parts')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'external_id'), name='inbound_once')],
            },
        ),
        migrations.CreateModel(
            name='IntakeKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('key', models.UUIDField()),
                ('destroyed_at', models.DateTimeField(blank=True, null=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intake_keys', to='channels.channel')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'day'), name='intake_key_of_a_day')],
            },
        ),
        migrations.CreateModel(
            name='OptIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_given', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('how', models.CharField(max_length=40)),
                ('wording', models.CharField(blank=True, max_length=60, verbose_name='what the person agreed to')),
                ('correspondence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opt_ins', to='channels.correspondence')),
            ],
        ),
        migrations.CreateModel(
            name='Outbound',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed_under', models.UUIDField(db_index=True, editable=False)),
                ('lane', models.CharField(max_length=64)),
                ('position', models.BigIntegerField(editable=False)),
                ('to', ventanilla.privacy.sealing.fields.SealedText()),
                ('content', ventanilla.privacy.sealing.fields.SealedJSON()),
                ('state', models.CharField(choices=[('queued', 'Waiting to be sent'), ('sending', 'Being sent'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('read', 'Read'), ('failed', 'Not delivered'), ('unsure', 'Perhaps delivered'), ('cancelled', 'Taken back')], default='queued', max_length=10)),
                ('problem', models.CharField(blank=True, choices=[('window-closed', 'More than 24 hours have passed: only an approved template can be sent.'), ('blocked', 'The person has blocked this line.'), ('gone', 'This number or account does not exist any more.'), ('no-opt-in', 'The person has not agreed to be written to on this channel.'), ('rate-limited', 'The provider asks us to slow down. It is tried again by itself.'), ('provider-down', 'The provider does not answer. It is tried again by itself.'), ('not-allowed', 'The provider does not accept our key: the coordinator must renew it.'), ('refused', 'The provider refuses this message.'), ('too-long', 'The message is too long for this channel.'), ('unsupported', 'This channel cannot carry this kind of file.'), ('too-large', 'The file is too large for this channel.'), ('file-gone', 'The file was deleted, or could harm a computer: it is not sent.'), ('not-scanned', 'The file cannot be checked for viruses now. It is tried again by itself.'), ('expired', 'It could not be sent for a whole day and is not tried any more.'), ('unsure', 'The connection broke while sending: it may have arrived. Send again only if needed.')], max_length=20)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('queued_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('provider_id', models.CharField(blank=True, max_length=200)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outbound', to='channels.channel')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='outbound_queued'), models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['channel', 'lane', 'position'], name='outbound_lane'), models.Index(fields=['channel', 'provider_id'], name='outbound_provider_id'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='outbound_in_flight'), models.Index(condition=models.Q(('state__in', ['failed', 'unsure'])), fields=['queued_at'], name='outbound_dead_letters')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=100, verbose_name='name')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('body', models.TextField(verbose_name='text, with {{1}} for what is filled in')),
                ('is_approved', models.BooleanField(default=False, verbose_name='approved by the provider')),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='templates', to='channels.channel')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'name', 'language'), name='template_once_a_language')],
            },
        ),
    ]
    operations = [NewTables(operations)]
