{{- define "mote.labels" -}}
app.kubernetes.io/name: mote
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- define "mote.selector" -}}
app.kubernetes.io/name: mote
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
